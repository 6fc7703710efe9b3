import t from 'tap';
import type { NodeDown } from '../../../actors/types.ts';
import { frame, hello, introduce, length4, refAt, tell } from './forged.ts';
import { mib, withNotes } from './notes.ts';

t.test('a stream in pieces of any size is the same stream', async (t) => {
  for (const piece_bytes of [1, 2, 3, 7, 64, 1000]) {
    const { here, there, ref, notes, settle } = withNotes();
    here.end.piece_bytes = piece_bytes;
    there.end.piece_bytes = piece_bytes;
    for (let n = 0; n < 20; n += 1) ref.tell({ note: `${n} ¶ 猫` });
    await settle();
    t.strictSame(
      notes.slice(1),
      Array.from({ length: 20 }, (_none, n) => `notes:${n} ¶ 猫`),
    );
  }
});

interface Aftermath {
  readonly down: NodeDown;
  /** How the end that sent it sees it. */
  readonly sender: NodeDown;
  readonly delivered: readonly string[];
}

/**
 * What becomes of a connection whose other end sends such bytes after its hello and the name of whom it writes to:
 * the next frame is the third.
 */
const afterForged = async (forge: (written: Buffer) => Uint8Array): Promise<Aftermath> => {
  const { here, there, ref, notes, settle } = withNotes();
  await settle();
  here.end.isHeld = true;
  ref.tell({ note: 'in transit' });
  await settle();
  here.end.forge(forge(here.end.intercepted()));
  await settle();
  t.strictSame([here.letters, there.letters], [[], []]);
  t.match(there.node.status(), { phase: 'down', exported: 0, imported: 0 });
  return { down: await there.node.down, sender: await here.node.down, delivered: notes.slice(1) };
};

t.test('what a right end never sends ends the connection, and says what it was', async (t) => {
  const wrong: readonly (readonly [string, (written: Buffer) => Uint8Array, RegExp])[] = [
    ['garbage', () => Buffer.from('GET / HTTP/1.1\r\n\r\n'), /frame kind \d+ is not known/],
    ['bytes twice', (written) => Buffer.concat([written, written]), /frame 2 came, where 3 was due/],
    ['a frame that is missing', () => tell(3, '', '1'), /frame 3 came, where 2 was due/],
    ['a length beyond the limit', () => frame(2, 2, '').fill(255, 0, 4), /bytes, not 4294967295/],
    ['a control message beyond its limit', () => frame(1, 2, 'x'.repeat(70_000)), /bytes, not 70000/],
    ['a tell that is too short', () => frame(2, 2, 'x'.repeat(5)), /12 to 262144 bytes, not 5/],
    ['a length that is too short', () => frame(3, 2, 'x'), /4 to 4 bytes, not 1/],
    ['no JSON', () => tell(2, '', '{"note":'), /a JSON text is none/],
    ['JSON too deep', () => tell(2, '', '['.repeat(100)), /too deep/],
    ['JSON with too many values', () => frame(1, 2, `[${'1,'.repeat(40)}1]`), /too many values/],
    ['an unknown control message', () => frame(1, 2, '{"type":"format_disk"}'), /none that is known/],
    ['a second hello', () => frame(1, 2, hello({})), /said two/],
    ['an address space that is none', () => frame(2, 2, Buffer.alloc(12, 9)), /space 9 is not known/],
    ['refs longer than the message', () => tell(2, ' '.repeat(9), '').fill(255, 17, 21), /longer than/],
    ['refs that are none', () => tell(2, '[{"whose":"mine"}]', '{"note":"x"}'), /list of refs is none/],
    ['a ref without its place', () => tell(2, refAt(['nowhere']), '{"note":"x"}'), /no place/],
    ['a place in a prototype', () => tell(2, refAt(['__proto__', 'x']), '{"note":"x"}'), /no place/],
    ['a large message beyond the limit', () => frame(3, 2, length4(9 * mib)), /8388608 bytes at most/],
    ['a large message that is small', () => frame(3, 2, length4(7)), /needs no parts/],
    ['a part of nothing', () => frame(4, 2, 'x'), /belongs to no message/],
    [
      'a part that is not full',
      () => Buffer.concat([frame(3, 2, length4(mib)), frame(4, 3, 'x')]),
      /1048576 are missing/,
    ],
    [
      'a message within another',
      () => Buffer.concat([frame(3, 2, length4(mib)), tell(3, '', '1')]),
      /in the middle/,
    ],
    ['an actor twice', () => Buffer.concat([introduce(2), introduce(3)]), /an actor twice/],
    ['a name twice', () => frame(1, 2, '{"type":"bind","id":1,"name":"x"}'), /a name twice/],
    ['a watch of no name', () => frame(1, 2, '{"type":"watch","id":7}'), /did not bind/],
  ];
  for (const [what, forge, words] of wrong) {
    const { down, sender, delivered } = await afterForged(forge);
    t.equal(down.reason, 'violation', what);
    t.match(down.message, words, what);
    t.equal(sender.reason, 'closed', what);
    t.strictSame(delivered, what === 'bytes twice' ? ['notes:in transit'] : [], what);
  }
  t.notOk('x' in {}, 'no prototype was touched');
});

t.test('each part of each control message is looked at', async (t) => {
  const longName = 'x'.repeat(5000);
  const wrong: readonly object[] = [
    [],
    { type: 'introduce', id: -1, path: '/x' },
    { type: 'introduce', id: 2 ** 48, path: '/x' },
    { type: 'introduce', id: 1.5, path: '/x' },
    { type: 'introduce', id: 5, path: longName },
    { type: 'bind', id: '2', name: 'x' },
    { type: 'bind', id: 2, name: 7 },
    { type: 'watch' },
    { type: 'ended', of: { space: 'actor', id: 1 } },
    { type: 'ended', of: { space: 'actor', id: 1 }, reason: { kind: 'bored' } },
    { type: 'ended', of: { space: 'actor', id: 1 }, reason: { kind: 'crashed', name: 'Error' } },
    {
      type: 'ended',
      of: { space: 'actor', id: 1 },
      reason: { kind: 'crashed', name: 'Error', message: longName },
    },
    { type: 'ended', of: { space: 'reply', id: 1 }, reason: { kind: 'normal' } },
    { type: 'ended', of: { space: 'moon', id: 1 }, reason: { kind: 'normal' } },
    { type: 'link', to: 1, from: 1 },
    { type: 'unlink', to: { space: 'name', id: 1 }, from: '/x' },
    { type: 'stop', to: { space: 'name', id: 1 }, from: 1 },
    { type: 'kill', to: { space: 'name' } },
  ];
  for (const message of wrong) {
    const { down } = await afterForged(() => frame(1, 2, JSON.stringify(message)));
    t.match(
      down,
      { reason: 'violation', message: /none that is known/ },
      JSON.stringify(message).slice(0, 90),
    );
  }
});

t.test(
  'what is forged rightly is understood: the forgery above is refused for what is wrong with it',
  async (t) => {
    const { here, ref, notes, settle } = withNotes();
    await settle();
    here.end.isHeld = true;
    ref.tell({ note: 'held' });
    here.end.forge(tell(2, '', '{"note":"forged"}'));
    await settle();
    t.strictSame(notes.slice(1), ['notes:forged']);
  },
);
