/**
 * Mistakes that must not compile. The type check of the suite reads this file, and an `@ts-expect-error` above a line
 * that does compile is itself an error. Nothing here is ever called.
 */
import type {
  ActorRef,
  ActorSystem,
  Behaviour,
  Context,
  DynamicOrder,
  MailboxOptions,
  RemoteNode,
  SupervisorSpec,
} from '../../actors/index.ts';
import { dynamicSupervisor, supervisor } from '../../actors/index.ts';

type Counter =
  | { readonly type: 'add'; readonly n: number }
  | { readonly type: 'read'; readonly replyTo: ActorRef<number> };

export const tell = (ref: ActorRef<Counter>, deaf: ActorRef<never>): void => {
  ref.tell({ type: 'add', n: 1 });
  // @ts-expect-error a message of no kind that it knows
  ref.tell({ type: 'subtract', n: 1 });
  // @ts-expect-error the right kind with the wrong content
  ref.tell({ type: 'add', n: '1' });
  // @ts-expect-error a message with a part missing
  ref.tell({ type: 'add' });
  // @ts-expect-error a message that answers to somebody who expects another type
  ref.tell({ type: 'read', replyTo: {} as ActorRef<string> });
  // @ts-expect-error an address that takes no message at all
  deaf.tell({ type: 'add', n: 1 });
};

export const addresses = (wide: ActorRef<Counter | 'stop'>, narrow: ActorRef<'stop'>): void => {
  const fewer: ActorRef<Counter> = wide;
  // @ts-expect-error who takes only some messages is not who takes all of them
  const more: ActorRef<Counter | 'stop'> = narrow;
  void [fewer, more];
};

export const ask = async (system: ActorSystem, ref: ActorRef<Counter>): Promise<void> => {
  const answer = await system.ask<Counter, number>(ref, (replyTo) => ({ type: 'read', replyTo }), 10);
  // @ts-expect-error an answer may be a failure
  void answer.value;
  if (!answer.ok) {
    // @ts-expect-error why an ask fails is one of a closed set
    void (answer.error.reason === 'timeout');
    return;
  }
  // @ts-expect-error the answer has the type that was asked for
  void answer.value.toUpperCase();
  // @ts-expect-error a question that carries no address for the answer
  await system.ask<Counter, number>(ref, () => ({ type: 'read' }), 10);
};

export const context = (own: Context<'tick'>, other: ActorRef<Counter>): void => {
  own.startTimer('beat', 10, 'tick');
  // @ts-expect-error a timer carries a message of its own actor
  own.startTimer('beat', 10, 'tock');
  // @ts-expect-error so does a death notice
  own.watch(other, (terminated) => terminated);
  const question = (replyTo: ActorRef<number>): Counter => ({ type: 'read', replyTo });
  // @ts-expect-error and the answer to a question
  own.ask<Counter, number>(other, question, 10, (answer) => answer);
  // @ts-expect-error an actor leaves in order; what goes wrong is thrown
  own.stopSelf('crashed');
};

type Elsewhere =
  | Counter
  | { readonly type: 'greet'; readonly from?: ActorRef<Elsewhere>; readonly words: readonly string[] };

export const remotes = async (system: ActorSystem, node: RemoteNode): Promise<void> => {
  const ref: ActorRef<Elsewhere> = node.remote<Elsewhere>('elsewhere');
  ref.tell({ type: 'add', n: 1 });
  ref.tell({ type: 'greet', from: ref, words: ['hello'] });
  // @ts-expect-error another process takes messages of its type only
  ref.tell({ type: 'subtract', n: 1 });
  // @ts-expect-error with the right content
  ref.tell({ type: 'greet', words: [1] });
  const answer = await system.ask<Elsewhere, number>(ref, (replyTo) => ({ type: 'read', replyTo }), 10);
  // @ts-expect-error and answers with its own
  if (answer.ok) void answer.value.toUpperCase();
  // @ts-expect-error a remote ref is of the type that was asked for
  const wrong: ActorRef<'stop'> = node.remote<Elsewhere>('elsewhere');
  // @ts-expect-error which has to be said
  node.remote('elsewhere').tell({ type: 'add', n: 1 });
  // @ts-expect-error a function cannot travel
  node.remote<{ readonly run: () => void }>('x').tell({ run: () => {} });
  // @ts-expect-error nor an object that is more than its data
  node.remote<{ readonly at: Date }>('x').tell({ at: new Date() });
  // @ts-expect-error nor what JSON has no number for
  node.remote<{ readonly id: bigint }>('x').tell({ id: 1n });
  // @ts-expect-error nor what nobody has said anything of
  node.remote<{ readonly any: unknown }>('x').tell({ any: 1 });
  void wrong;
};

export const behaviours = (system: ActorSystem): void => {
  const forgetful: Behaviour<Counter, number> = {
    init: () => 0,
    // @ts-expect-error `receive` returns the next state
    receive: () => {},
  };
  const confused: Behaviour<Counter, number> = {
    init: () => 0,
    receive: (count) => count,
    // @ts-expect-error a trapped exit becomes a message of its own actor
    trapExit: (signal) => signal,
  };
  // @ts-expect-error every mailbox says what happens when it is full
  const unbounded: MailboxOptions = { capacity: 10 };
  void [unbounded, system.spawn('forgetful', forgetful), system.spawn('confused', confused)];
};

export const supervisors = (
  system: ActorSystem,
  spec: SupervisorSpec,
  behaviour: Behaviour<'x', 0>,
): void => {
  // @ts-expect-error a supervisor answers to nobody's messages
  system.spawn('house', supervisor(spec)).tell({ type: 'restart' });
  // @ts-expect-error children that come and go have a supervisor of their own kind
  supervisor({ ...spec, strategy: 'simple_one_for_one' });
  // @ts-expect-error a child says when it comes back
  supervisor({ ...spec, children: [{ id: 'x', start: (start) => start.spawn(behaviour) }] });
  const limits = { restart: 'permanent', intensity: 1, period_ms: 1, maxChildren: 1 } as const;
  const pool: ActorRef<DynamicOrder<number, 'x'>> = system.spawn(
    'pool',
    dynamicSupervisor<number, 'x'>({ ...limits, start: (_n, start) => start.spawn(behaviour) }),
  );
  pool.tell({ type: 'start_child', args: 1 });
  // @ts-expect-error children are started with arguments of their type
  pool.tell({ type: 'start_child', args: 'one' });
  // @ts-expect-error what a supervisor tells itself is nobody else's business
  pool.tell({ type: 'restart', id: '1' });
  // @ts-expect-error the child is another actor than the pool says
  dynamicSupervisor<number, 'y'>({ ...limits, start: (_n, start) => start.spawn(behaviour) });
};
