import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { KeyGate } from '../../../cli/shell/terminal/key-gate.ts';

const openGate = () => {
  const raw: boolean[] = [];
  const keyboard = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => void raw.push(on) });
  const gate = new KeyGate(keyboard);
  /** What came through to the editor so far. */
  const through = (): string => String(gate.lines.read() ?? '');
  /** Types, and waits until the gate has seen it. */
  const type = async (keys: string): Promise<void> => {
    const seen = once(keyboard, 'data');
    keyboard.write(keys);
    await seen;
  };
  return { gate, keyboard, raw, through, type };
};

t.test('one line comes through at a time, the rest waits for the next prompt', async (t) => {
  const { gate, through, type } = openGate();
  await type('ahead\rof it');
  t.equal(through(), '', 'nobody has asked yet');
  gate.openForLine();
  t.equal(through(), 'ahead\r');
  gate.openForLine();
  t.equal(through(), 'of it');
  await type(' all\r\nnext');
  t.equal(through(), ' all\r');
  gate.openForLine();
  t.equal(through(), 'next', 'the line feed behind a return is no line of its own');
});

t.test('Ctrl-C while a query runs is told at once and forgets what was typed ahead', async (t) => {
  const { gate, through, type } = openGate();
  let interrupted = 0;
  gate.onInterrupt = () => {
    interrupted += 1;
  };
  await type('lost\r\u0003kept');
  t.equal(interrupted, 1);
  gate.onInterrupt = undefined;
  await type('\r');
  gate.openForLine();
  t.equal(through(), 'kept\r');
  gate.openForLine();
  await type('\u0003');
  t.equal(through(), '\u0003', 'at a prompt it is the editor’s');
  t.equal(interrupted, 1);
});

t.test('a single key can be asked for', async (t) => {
  const { gate, type, keyboard } = openGate();
  const first = gate.nextKey();
  await type('q');
  t.equal(await first, 'q');
  await type('xy');
  t.strictSame([await gate.nextKey(), await gate.nextKey()], ['x', 'y'], 'also one that was there before');
  const stop = gate.nextKey();
  await type('\u0003');
  t.equal(await stop, '\u0003');
  const none = gate.nextKey();
  keyboard.end();
  t.equal(await none, undefined);
  t.equal(await gate.nextKey(), undefined, 'and none ever again');
});

t.test('a keyboard that is gone ends the lines and what runs', async (t) => {
  const { gate, keyboard, raw } = openGate();
  let interrupted = 0;
  gate.onInterrupt = () => {
    interrupted += 1;
  };
  keyboard.end();
  await once(keyboard, 'end');
  t.equal(interrupted, 1);
  gate.openForLine();
  gate.lines.resume();
  await once(gate.lines, 'end');
  gate.lines.setRawMode(true);
  t.strictSame(raw, [true], 'the mode is that of the keyboard');
});
