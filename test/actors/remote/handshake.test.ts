import t from 'tap';
import { frame, hello, introduce, tell } from './forged.ts';
import { messages, type Note } from './notes.ts';
import { twoNodes } from './two-nodes.ts';

t.test('another version or build is refused, on both sides', async (t) => {
  const other = twoNodes({ here: { build: 'one' }, there: { build: 'two' } });
  await other.settle();
  for (const { node } of [other.here, other.there])
    t.match(await node.down, { reason: 'build_mismatch', message: /'one'.*'two'|'two'.*'one'/ });
  const newer = twoNodes();
  newer.there.end.isHeld = true;
  newer.there.end.forge(frame(1, 0, hello({ version: 2 })));
  await newer.settle();
  t.match(await newer.here.node.down, {
    reason: 'version_mismatch',
    message: 'there: it speaks version 2, this end version 1',
  });
});

t.test('a hello that is none is refused', async (t) => {
  for (const wrong of [
    { protocol: 'http' },
    { version: '1' },
    { build: null },
    { build: 'x'.repeat(5000) },
    { maxMessage_bytes: -1 },
  ]) {
    const { here, there, settle } = twoNodes();
    there.end.isHeld = true;
    there.end.forge(frame(1, 0, hello(wrong)));
    await settle();
    t.match(await here.node.down, { reason: 'violation', message: /none that is known/ });
  }
});

t.test('who does not begin with a hello is refused', async (t) => {
  for (const first of [introduce(0), tell(0, '', '1'), frame(4, 0, 'x')]) {
    const { here, there, settle } = twoNodes();
    there.end.isHeld = true;
    there.end.forge(first);
    await settle();
    t.equal((await here.node.down).reason, 'violation');
  }
});

t.test('who says nothing is given up, and what waited for him becomes dead letters', async (t) => {
  const { clock, here, there } = twoNodes({ here: { hello_ms: 300 } });
  there.end.isHeld = true;
  const ref = here.node.remote<Note>('notes');
  ref.tell({ note: 'waits' });
  await clock.advance(299);
  t.equal(here.node.status().phase, 'greeting');
  await clock.advance(1);
  t.equal((await here.node.down).reason, 'silent');
  t.strictSame(messages(here.letters), ['waits noconnection']);
});
