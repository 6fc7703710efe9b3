import t from 'tap';
import { pack, unpack } from '../../../actors/remote/packing.ts';
import type { ActorRef } from '../../../actors/types.ts';
import { player } from '../stage.ts';
import { type Counter, counter, keep } from './counter.ts';
import { frame, hello } from './forged.ts';
import { messages, mib, withNotes } from './notes.ts';
import { twoNodes } from './two-nodes.ts';

t.test('what cannot travel is refused by its sender', async (t) => {
  const { here, ref, settle } = withNotes({ there: { maxMessage_bytes: 300 * 1024 } });
  const odd = ref as ActorRef<unknown>;
  const cyclic: { note?: unknown } = {};
  cyclic.note = cyclic;
  const refused = [
    1n,
    undefined,
    Number.NaN,
    new Date(0),
    new Map(),
    () => 1,
    [undefined],
    cyclic,
    new Error('x'),
  ];
  for (const note of refused) {
    t.equal(odd.tell({ note: [note] }), 'rejected');
    t.equal(here.letters.at(-1)?.reason, 'not_portable', typeof note);
  }
  t.equal(odd.tell(undefined), 'rejected');
  t.equal(odd.tell({ note: undefined }), 'accepted', 'a property that is not there');
  here.letters.length = 0;
  t.equal(ref.tell({ note: 'x'.repeat(9 * mib) }), 'rejected', 'longer than this end would take');
  t.equal(ref.tell({ note: 'y'.repeat(mib) }), 'accepted', 'nobody knows yet what the other end takes');
  await settle();
  t.equal(ref.tell({ note: 'z'.repeat(mib) }), 'rejected', 'it has said so');
  t.strictSame(messages(here.letters), [
    'xxxxxxxxxx too_large',
    'yyyyyyyyyy too_large',
    'zzzzzzzzzz too_large',
  ]);
  t.equal(here.node.status().phase, 'up', 'and nothing is broken');
});

t.test('a message may have 8 MiB as it travels, unless told otherwise, and not a byte more', async (t) => {
  const { here, ref, notes, settle } = withNotes();
  await settle();
  // The header of a tell, and what is around the note.
  const around_bytes = 11 + '{"note":""}'.length;
  t.equal(ref.tell({ note: 'x'.repeat(8 * mib - around_bytes) }), 'accepted');
  t.equal(
    ref.tell({ note: 'y'.repeat(8 * mib - around_bytes + 1) }),
    'accepted',
    'the text alone is not too long',
  );
  await settle();
  t.strictSame(messages(here.letters), ['yyyyyyyyyy too_large']);
  t.strictSame(
    notes.map((note) => note.length),
    ['+notes'.length, 8 * mib - around_bytes + 'notes:'.length],
  );
});

t.test('what a sender takes is not beyond the bounds of a receiver', async (t) => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
  const many = (count: number, each: () => unknown): unknown => Array.from({ length: count }, each);
  const largest = [
    deep(64),
    many(999_998, () => 1),
    many(499_999, () => []),
    many(333_332, () => ({ a: 1 })),
  ];
  const tooLarge = [
    deep(65),
    many(999_999, () => 1),
    many(500_000, () => []),
    many(333_333, () => ({ a: 1 })),
  ];
  for (const message of largest) {
    const packed = pack(message);
    const text = packed.ok ? Buffer.from(packed.value.text) : Buffer.alloc(0);
    t.ok(unpack(text, [], () => undefined).ok);
  }
  for (const message of tooLarge) t.notOk(pack(message).ok);
});

t.test('each end knows a bounded number of actors of the other', async (t) => {
  const { here, events, there, settle } = twoNodes({ here: { maxRefs: 2 } });
  const kept: ActorRef<never>[] = [];
  there.node.expose(
    'keeper',
    there.system.spawn<{ who: ActorRef<never> }, undefined>('keeper', {
      init: () => undefined,
      receive: (state, { who }) => {
        kept.push(who);
        return state;
      },
    }),
  );
  const keeper = here.node.remote<{ who: ActorRef<never> }>('keeper');
  const [a, b, c] = ['a', 'b', 'c'].map((name) => here.system.spawn(name, player(name, events)));
  if (a === undefined || b === undefined || c === undefined) throw new Error('no actors');
  for (const who of [a, b, a, c]) keeper.tell({ who });
  await settle();
  t.match(here.letters, [{ message: { who: { path: '/c' } }, reason: 'too_many_refs' }]);
  a.tell('leave');
  await settle();
  keeper.tell({ who: c });
  await settle();
  t.strictSame(
    kept.map(({ path }) => path),
    ['here:/a', 'here:/b', 'here:/a', 'here:/c'],
  );
});

t.test('an end that introduces more actors, or binds more names, than the other one will know', async (t) => {
  for (const message of [
    { type: 'introduce', path: '/x' },
    { type: 'bind', name: 'x' },
  ]) {
    const { here, there, settle } = twoNodes({ there: { maxRefs: 2 } });
    here.end.isHeld = true;
    here.end.forge(frame(1, 0, hello({})));
    const send = (id: number): void => here.end.forge(frame(1, id, JSON.stringify({ ...message, id })));
    for (const id of [1, 2]) send(id);
    await settle();
    t.equal(there.node.status().phase, 'up');
    send(3);
    await settle();
    t.match(await there.node.down, { reason: 'violation', message: /too many/ });
  }
});

t.test('when too many questions wait, the address of the oldest is forgotten', async (t) => {
  const { here, there, clock, settle } = twoNodes({ here: { maxRefs: 2 } });
  const kept: ActorRef<number>[] = [];
  there.node.expose('counter', there.system.spawn('counter', counter(kept)));
  const ref = here.node.remote<Counter>('counter');
  const answers = [1, 2, 3].map(() => here.system.ask(ref, keep, 50));
  await settle();
  t.equal(here.node.status().exported, 2);
  for (const [index, replyTo] of kept.entries()) replyTo.tell(index);
  await clock.advance(50);
  t.match(await Promise.all(answers), [
    { error: { reason: 'deadline' } },
    { ok: true, value: 1 },
    { ok: true, value: 2 },
  ]);
  t.match(here.letters, [{ message: 0, reason: 'asker_left' }]);
});
