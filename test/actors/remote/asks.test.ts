import t from 'tap';
import type { ActorRef } from '../../../actors/types.ts';
import { player, run } from '../stage.ts';
import { keep, read, withCounter } from './counter.ts';

t.test('an ask is answered by an actor of another process', async (t) => {
  const { here, there, ref, settle } = withCounter();
  ref.tell({ type: 'add', n: 3 });
  const answer = here.system.ask(ref, read, 100);
  await settle();
  t.strictSame(await answer, { ok: true, value: 3 });
  t.match([here.node.status().exported, there.node.status().exported], [0, 0], 'nothing is left of it');
});

t.test(
  'an ask across processes has its deadline and can be cancelled; a late answer is a dead letter',
  async (t) => {
    const kept: ActorRef<number>[] = [];
    const { clock, here, ref, settle } = withCounter(kept);
    const controller = new AbortController();
    const late = here.system.ask(ref, keep, 50);
    const cancelled = here.system.ask(ref, keep, 100, controller.signal);
    const answered = here.system.ask(ref, keep, 100);
    await settle();
    t.equal(here.node.status().exported, 3);
    controller.abort();
    await clock.advance(50);
    t.match(await late, { error: { reason: 'deadline' } });
    t.match(await cancelled, { error: { reason: 'cancelled' } });
    t.equal(here.node.status().exported, 1, 'the address of the one that waits');
    for (const replyTo of kept) t.equal(replyTo.tell(7), 'accepted');
    await settle();
    t.strictSame(await answered, { ok: true, value: 7 });
    t.match(here.letters, [
      { message: 7, reason: 'asker_left' },
      { message: 7, reason: 'asker_left' },
    ]);
    t.equal(here.node.status().exported, 0);
    kept[2]?.tell(8);
    await settle();
    t.equal(here.letters.length, 3, 'a second answer has nobody either');
  },
);

t.test('an actor asks one of another process', async (t) => {
  const { here, events, ref, settle } = withCounter();
  const asker = here.system.spawn('asker', player('asker', events));
  run(asker, (context) => {
    context.ask(ref, read, 100, (answer) => ({
      note: answer.ok ? String(answer.value) : answer.error.reason,
    }));
  });
  await settle();
  t.strictSame(events, ['+asker', 'asker:0']);
});
