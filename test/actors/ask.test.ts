import t from 'tap';
import { subjectOf } from '../../actors/ref.ts';
import type { Watcher } from '../../actors/runtime.ts';
import type { ActorRef, AskFailure, Behaviour, DeadLetter } from '../../actors/types.ts';
import type { Result } from '../../protocol/result.ts';
import { player, setStage } from './stage.ts';

interface Question {
  readonly replyTo: ActorRef<number>;
}
const question = (replyTo: ActorRef<number>): Question => ({ replyTo });

/** Answers when it is told to, not before. */
const slow = (waiting: ActorRef<number>[]): Behaviour<Question, undefined> => ({
  init: () => undefined,
  receive: (_state, { replyTo }) => void waiting.push(replyTo) as undefined,
});

t.test('an ask can be cancelled, and its late answer is a dead letter', async (t) => {
  const { system, settle } = setStage();
  const letters: DeadLetter[] = [];
  system.on('deadLetter', (letter) => letters.push(letter));
  const waiting: ActorRef<number>[] = [];
  const ref = system.spawn('slow', slow(waiting));
  const controller = new AbortController();
  const answer = system.ask(ref, question, 1000, controller.signal);
  await settle();
  controller.abort();
  t.match(await answer, { ok: false, error: { reason: 'cancelled' } });
  t.equal(waiting[0]?.tell(42), 'stopped');
  t.strictSame(letters, [{ to: '/slow?', message: 42, reason: 'asker_left' }]);
});

t.test('an ask that was cancelled beforehand is never sent', async (t) => {
  const { system, settle } = setStage();
  const waiting: ActorRef<number>[] = [];
  const ref = system.spawn('slow', slow(waiting));
  t.match(await system.ask(ref, question, 1000, AbortSignal.abort()), { error: { reason: 'cancelled' } });
  await settle();
  t.equal(waiting.length, 0);
});

t.test('deadlines pass in their own time, whatever else is answered or asked', async (t) => {
  const { clock, system } = setStage();
  const waiting: ActorRef<number>[] = [];
  const ref = system.spawn('slow', slow(waiting));
  const passed: string[] = [];
  const ask = async (name: string, deadline_ms: number): Promise<void> => {
    const answer = await system.ask(ref, question, deadline_ms);
    passed.push(`${name} ${answer.ok ? answer.value : answer.error.reason} at ${clock.monotonicMs()}`);
  };
  const asks = [ask('a', 100), ask('b', 50)];
  await clock.advance(20);
  asks.push(ask('c', 100), ask('d', 100));
  await clock.advance(70);
  waiting[2]?.tell(1);
  await clock.advance(10);
  asks.push(ask('e', 100));
  await clock.advance(200);
  await Promise.all(asks);
  t.strictSame(passed, [
    'b deadline at 50',
    'c 1 at 90',
    'a deadline at 100',
    'd deadline at 120',
    'e deadline at 200',
  ]);
});

t.test('nothing of an ask remains when it is over: no timer and no watcher', async (t) => {
  const { system, settle, timers } = setStage();
  const waiting: ActorRef<number>[] = [];
  const ref = system.spawn('slow', slow(waiting));
  const bonds = subjectOf(ref)?.bonds;
  if (bonds === undefined) throw new Error('no actor');
  const watchers = new Set<Watcher>();
  bonds.addWatcher = (watcher) => void watchers.add(watcher);
  bonds.removeWatcher = (watcher) => void watchers.delete(watcher);
  const asks = [1, 2, 3].map(() => system.ask(ref, question, 5000));
  await settle();
  t.strictSame([timers(), watchers.size], [1, 3], 'equal deadlines share a timer');
  for (const replyTo of waiting) replyTo.tell(1);
  await Promise.all(asks);
  await settle();
  t.strictSame([timers(), watchers.size], [0, 0]);
});

t.test('the timer of a deadline stays when one question is followed by another', async (t) => {
  const { clock, system, settle } = setStage();
  const waiting: ActorRef<number>[] = [];
  const ref = system.spawn('slow', slow(waiting));
  const first = system.ask(ref, question, 100);
  await settle();
  waiting[0]?.tell(1);
  const second = system.ask(ref, question, 100);
  t.match(await first, { ok: true });
  await clock.advance(100);
  t.match(await second, { error: { reason: 'deadline' } });
});

type Asked = { readonly answer: Result<number, AskFailure> } | 'ask' | 'cancel' | 'leave';

/** Asks from within an actor: the answer comes as a message. */
const asker = (target: ActorRef<Question>, events: string[]): Behaviour<Asked, () => void> => ({
  init: () => () => {},
  receive: (cancel, message, context) => {
    if (message === 'ask')
      return context.ask(target, question, 100, (answer: Result<number, AskFailure>) => ({ answer }));
    if (message === 'cancel') cancel();
    else if (message === 'leave') context.stopSelf();
    else events.push(message.answer.ok ? `answer ${message.answer.value}` : message.answer.error.reason);
    return cancel;
  },
});

t.test('an actor that asks receives the answer, or why there is none, as a message', async (t) => {
  const { clock, system, events, settle } = setStage();
  const waiting: ActorRef<number>[] = [];
  const target = system.spawn('slow', slow(waiting));
  const ref = system.spawn('asker', asker(target, events));
  ref.tell('ask');
  await settle();
  waiting[0]?.tell(7);
  await settle();
  t.strictSame(events, ['answer 7']);
  ref.tell('ask');
  await clock.advance(100);
  t.strictSame(events, ['answer 7', 'deadline']);
});

t.test('an actor that changes its mind or ends hears nothing', async (t) => {
  const { clock, system, events, settle } = setStage();
  const letters: DeadLetter[] = [];
  system.on('deadLetter', (letter) => letters.push(letter));
  const waiting: ActorRef<number>[] = [];
  const target = system.spawn('slow', slow(waiting));
  const ref = system.spawn('asker', asker(target, events));
  for (const message of ['ask', 'cancel', 'ask', 'leave'] as const) ref.tell(message);
  await settle();
  for (const replyTo of waiting) replyTo.tell(1);
  await clock.advance(1000);
  t.strictSame(events, []);
  t.match(letters, [{ reason: 'asker_left' }, { reason: 'asker_left' }]);
});

t.test('a question that throws while it is made ends the actor that asks, and nothing remains', async (t) => {
  const { clock, system, events } = setStage();
  const target = system.spawn('target', player('target', events));
  system
    .spawn<'go', undefined>('asker', {
      init: () => undefined,
      receive: (_state, _message, context) => {
        context.ask(
          target,
          () => {
            throw new Error('no question');
          },
          100,
          () => 'go' as const,
        );
        return undefined;
      },
      stopped: (_state, reason) => void events.push(reason.kind),
    })
    .tell('go');
  await clock.advance(200);
  t.strictSame(events, ['+target', 'crashed']);
  await t.rejects(
    system.ask(
      target,
      () => {
        throw new Error('no question');
      },
      100,
    ),
    { message: 'no question' },
  );
});
