import t from 'tap';
import { player, run } from '../stage.ts';
import { messages, mib, type Note, withNotes } from './notes.ts';
import { twoNodes } from './two-nodes.ts';

t.test(
  'a channel that is full is written to no more; the outbox has a bound and says what does not fit',
  async (t) => {
    const outbox = { capacity: 3, capacity_bytes: 1000 };
    const fill = async (
      overflow: 'reject' | 'drop-oldest' | 'drop-newest',
    ): Promise<readonly [readonly string[], readonly string[], readonly string[]]> => {
      const { here, ref, notes, settle } = withNotes({ here: { outbox: { ...outbox, overflow } } });
      await settle();
      here.end.isHeld = true;
      here.end.capacity_bytes = 1;
      ref.tell({ note: 'taken' });
      await settle();
      const told = ['a', 'b', 'c', 'd', 'e'].map((note) => ref.tell({ note }));
      t.match(here.node.status(), { outbox_depth: 3, outbox_bytes: 36, dropped: 2 });
      here.end.release();
      await settle();
      t.match(here.node.status(), { outbox_depth: 0, outbox_bytes: 0 });
      return [told, messages(here.letters), notes.slice(1)];
    };
    const all = ['accepted', 'accepted', 'accepted'];
    t.strictSame(await fill('reject'), [
      [...all, 'rejected', 'rejected'],
      ['d outbox_full', 'e outbox_full'],
      ['notes:taken', 'notes:a', 'notes:b', 'notes:c'],
    ]);
    t.strictSame(await fill('drop-newest'), [
      [...all, 'accepted', 'accepted'],
      ['d dropped_newest', 'e dropped_newest'],
      ['notes:taken', 'notes:a', 'notes:b', 'notes:c'],
    ]);
    t.strictSame(await fill('drop-oldest'), [
      [...all, 'accepted', 'accepted'],
      ['a dropped_oldest', 'b dropped_oldest'],
      ['notes:taken', 'notes:c', 'notes:d', 'notes:e'],
    ]);
  },
);

t.test('the outbox is bounded in bytes too, but a long message finds room when it is alone', async (t) => {
  const outbox = { capacity: 100, capacity_bytes: 1000, overflow: 'reject' } as const;
  const { here, ref, settle } = withNotes({ here: { outbox } });
  await settle();
  here.end.isHeld = true;
  here.end.capacity_bytes = 1;
  ref.tell({ note: 'taken' });
  await settle();
  const long = { note: 'y'.repeat(5000) };
  t.strictSame([ref.tell(long), ref.tell({ note: 'z' })], ['accepted', 'rejected']);
  t.equal(here.node.status().outbox_depth, 1);
});

t.test(
  'a sender that was rejected can wait for room; there is room, in a way, when all is over',
  async (t) => {
    const outbox = { capacity: 4, capacity_bytes: 1000, overflow: 'reject' } as const;
    const { here, ref, settle } = withNotes({ here: { outbox } });
    const order: string[] = [];
    const wait = (what: string): void => void here.node.room().then(() => order.push(what));
    await settle();
    here.end.isHeld = true;
    here.end.capacity_bytes = 1;
    wait('at once');
    ref.tell({ note: 'taken' });
    await settle();
    for (const note of ['a', 'b', 'c', 'd']) ref.tell({ note });
    wait('half empty');
    await settle();
    t.strictSame(order, ['at once']);
    here.end.release();
    await settle();
    t.strictSame(order, ['at once', 'half empty']);
    here.end.isHeld = true;
    ref.tell({ note: 'taken' });
    await settle();
    for (const note of ['a', 'b', 'c', 'd']) ref.tell({ note });
    wait('over');
    await settle();
    t.equal(order.length, 2);
    here.end.die();
    await settle();
    t.strictSame(order, ['at once', 'half empty', 'over']);
  },
);

t.test('a sender that was rejected before the other end said hello has room when it has', async (t) => {
  const outbox = { capacity: 2, capacity_bytes: 1000, overflow: 'reject' } as const;
  const { here, there, ref, settle } = withNotes({ here: { outbox } });
  there.end.isHeld = true;
  t.strictSame(
    ['a', 'b', 'c'].map((note) => ref.tell({ note })),
    ['accepted', 'accepted', 'rejected'],
  );
  let hasRoom = false;
  const room = here.node.room().then(() => {
    hasRoom = true;
  });
  await settle();
  t.notOk(hasRoom);
  there.end.release();
  await settle();
  t.ok(hasRoom);
  await room;
});

t.test('an end that reads nothing is given up when too much waits that it must be told', async (t) => {
  const { here, there, ref, events, settle } = withNotes();
  await settle();
  here.end.isHeld = true;
  const watcher = here.system.spawn('watcher', player('watcher', events));
  run(watcher, (context) => context.watch(ref, (gone) => ({ gone })));
  const nobody = here.node.remote('nobody');
  const restless = here.system.spawn('restless', player('restless', events));
  let rounds = 0;
  while (here.node.status().phase === 'up' && rounds < 1000) {
    run(restless, (context) => {
      for (let n = 0; n < 1000; n += 1) context.stop(nobody);
    });
    await settle();
    rounds += 1;
  }
  t.match(await here.node.down, { reason: 'stalled' });
  t.ok(here.end.written_bytes < 4 * here.end.capacity_bytes, 'it was not written to');
  t.equal(events.at(-1), 'watcher sees there:notes noconnection');
  here.end.release();
  await settle();
  t.equal((await there.node.down).reason, 'closed');
});

t.test('a slow reader costs no memory: what the channel does not take stays with its sender', async (t) => {
  const { here, ref, settle } = withNotes();
  await settle();
  here.end.isHeld = true;
  let accepted = 0;
  while (ref.tell({ note: 'x'.repeat(1000) }) === 'accepted') accepted += 1;
  t.ok(here.end.inTransit_bytes < here.end.capacity_bytes + 128 * 1024, 'one batch beyond what it takes');
  const { outbox_depth } = here.node.status();
  t.equal(outbox_depth, 10_000);
  t.ok(accepted > outbox_depth);
});

t.test('a reader that does not keep up stops reading, and no mailbox overflows', async (t) => {
  const { here, there, ref, notes, settle } = withNotes();
  await settle();
  here.end.isHeld = true;
  here.end.capacity_bytes = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 30_000; n += 1) ref.tell({ note: 'x'.repeat(100) });
  await settle();
  t.ok(here.end.inTransit_bytes > 3 * mib);
  here.end.arrive(2 * mib);
  t.ok(there.end.isPaused, 'there is more than it wants to hold');
  here.end.release();
  await settle();
  t.notOk(there.end.isPaused);
  t.equal(notes.length, 30_001, 'a mailbox holds 10,000; none was lost');
  t.strictSame([here.letters, there.letters], [[], []]);
});

t.test('a system message does not wait behind a large message; messages keep their order', async (t) => {
  const { here, there, events, settle } = twoNodes({ there: { maxMessage_bytes: 64 * mib } });
  const sizes: number[] = [];
  there.node.expose(
    'sizes',
    there.system.spawn<Note, undefined>('sizes', {
      init: () => undefined,
      receive: (state, { note }) => {
        sizes.push(note.length);
        return state;
      },
    }),
  );
  const watched = here.system.spawn('watched', player('watched', events));
  here.node.expose('watched', watched);
  const watcher = there.system.spawn('watcher', player('watcher', events));
  run(watcher, (context) => context.watch(there.node.remote('watched'), (gone) => ({ gone })));
  await settle();
  here.end.isHeld = true;
  const ref = here.node.remote<Note>('sizes');
  ref.tell({ note: 'x'.repeat(50 * mib) });
  ref.tell({ note: 'small' });
  await settle();
  const before_bytes = here.end.written_bytes;
  t.ok(before_bytes < mib, 'it waits in parts');
  watched.tell('leave');
  while (events.length < 4) {
    here.end.arrive(64 * 1024);
    await settle();
  }
  t.equal(events.at(-1), 'watcher sees here:watched normal');
  t.ok(here.end.written_bytes - before_bytes < mib, 'within the next part or two');
  t.strictSame(sizes, []);
  here.end.release();
  await settle();
  t.strictSame(sizes, [50 * mib, 5]);
});
