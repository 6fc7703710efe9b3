/**
 * What does an actor cost? Messages told, questions answered, and actors started and stopped in one process, each
 * beside its floor: a bare queue (an array that is filled and then drained by a call for each message), the same
 * with a promise for each answer, and a bare object with a queue of its own in a map. Prints millions a second, the
 * median of the rounds with the slowest and the fastest, and the ratio to the floor.
 */
import { cpus, release } from 'node:os';
import type { ActorRef, Behaviour } from '../actors/index.ts';
import { createActorSystem } from '../actors/index.ts';
import { nodeClock } from '../platform/node/clock.ts';
import { nodeRandom } from '../platform/node/random.ts';
import { median } from './statistics.ts';

const rounds = 11;
const warmUpRounds = 3;
const tells = 1_000_000;
const asks = 200_000;
const spawns = 50_000;
/** A default mailbox takes these and the question after them. */
const burst = 8_000;
const crowd = 1_000;
const window = 100;

type Message =
  | { readonly type: 'add'; readonly n: number }
  | { readonly type: 'read'; readonly replyTo: ActorRef<number> };

const counter: Behaviour<Message, number> = {
  init: () => 0,
  receive: (sum, message) => {
    if (message.type === 'add') return sum + message.n;
    message.replyTo.tell(sum);
    return sum;
  },
};

const system = createActorSystem({ clock: nodeClock, random: nodeRandom });

const read = async (ref: ActorRef<Message>): Promise<number> => {
  const answer = await system.ask<Message, number>(ref, (replyTo) => ({ type: 'read', replyTo }), 60_000);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
};

/** Sends `tells` messages, `burst` at a time, to the actors in turn; checks that each was received. */
const tellAll = async (refs: readonly ActorRef<Message>[]): Promise<void> => {
  const before = await total(refs);
  for (let sent = 0; sent < tells; sent += burst) {
    for (let n = 0; n < burst; n += 1) refs[n % refs.length]?.tell({ type: 'add', n: 1 });
    await received(refs);
  }
  if ((await total(refs)) - before !== tells) throw new Error('messages were lost');
};

const total = async (refs: readonly ActorRef<Message>[]): Promise<number> => {
  let sum = 0;
  for (const ref of refs) sum += await read(ref);
  return sum;
};

/** The last in line answers when all before it had their turn. */
const received = async (refs: readonly ActorRef<Message>[]): Promise<void> => {
  const last = refs.at(-1);
  if (last !== undefined) await read(last);
};

const one = system.spawn('one', counter);
const many = Array.from({ length: crowd }, (_none, index) => system.spawn(`many-${index}`, counter));

/** Two actors throw one message to and fro: every message is a turn of its own. */
interface Ball {
  readonly left: number;
  readonly from: ActorRef<Ball>;
  readonly dropped: () => void;
}
const thrower: Behaviour<Ball, undefined> = {
  init: () => undefined,
  receive: (state, { left, from, dropped }, context) => {
    if (left === 0) dropped();
    else from.tell({ left: left - 1, from: context.self, dropped });
    return state;
  },
};
const ping = system.spawn('ping', thrower);
const pong = system.spawn('pong', thrower);
const rally = (): Promise<void> =>
  new Promise((dropped) => {
    ping.tell({ left: tells, from: pong, dropped: () => dropped() });
  });

const bareTells = (): void => {
  const queue: Message[] = [];
  let sum = 0;
  for (let sent = 0; sent < tells; sent += burst) {
    for (let n = 0; n < burst; n += 1) queue.push({ type: 'add', n: 1 });
    for (const message of queue) if (message.type === 'add') sum += message.n;
    queue.length = 0;
  }
  if (sum !== tells) throw new Error('messages were lost');
};

const askOneByOne = async (): Promise<void> => {
  for (let asked = 0; asked < asks; asked += 1) await read(one);
};

const askTogether = async (): Promise<void> => {
  for (let asked = 0; asked < asks; asked += window) {
    await Promise.all(Array.from({ length: window }, () => read(one)));
  }
};

/** An actor that asks another, and the next question when it has the answer. */
const askFromActor = (): Promise<void> =>
  new Promise((resolve) => {
    const asker = system.spawn<'next' | 'answered', number>('asker', {
      init: () => asks,
      receive: (left, _message, context) => {
        if (left === 0) context.stopSelf();
        else {
          const question = (replyTo: ActorRef<number>): Message => ({ type: 'read', replyTo });
          context.ask<Message, number>(one, question, 60_000, () => 'answered');
        }
        return left - 1;
      },
      stopped: () => resolve(),
    });
    asker.tell('next');
  });

const bareAsks = async (): Promise<void> => {
  const queue: ((answer: number) => void)[] = [];
  const drain = (): void => {
    for (const resolve of queue) resolve(1);
    queue.length = 0;
  };
  for (let asked = 0; asked < asks; asked += 1) {
    await new Promise<number>((resolve) => {
      queue.push(resolve);
      queueMicrotask(drain);
    });
  }
};

/** A parent starts children, tells each one message, and ends with all of them. */
const spawnAndStop = (): Promise<void> =>
  new Promise((resolve) => {
    system.spawn<'begin', undefined>('parent', {
      init: (context) => {
        for (let index = 0; index < spawns; index += 1) {
          context.spawn(`child-${index}`, counter).tell({ type: 'add', n: 1 });
        }
        context.stopSelf();
        return undefined;
      },
      receive: (state) => state,
      stopped: () => resolve(),
    });
  });

const bareSpawns = (): void => {
  const children = new Map<string, { readonly queue: Message[]; sum: number }>();
  for (let index = 0; index < spawns; index += 1) {
    const child = { queue: [] as Message[], sum: 0 };
    children.set(`child-${index}`, child);
    child.queue.push({ type: 'add', n: 1 });
  }
  for (const [name, child] of children) {
    for (const message of child.queue) if (message.type === 'add') child.sum += message.n;
    children.delete(name);
  }
};

interface Measured {
  readonly median: number;
  readonly slowest: number;
  readonly fastest: number;
}

/** Millions a second. The first rounds warm up and do not count. */
const measure = async (count: number, run: () => void | Promise<void>): Promise<Measured> => {
  const rates: number[] = [];
  for (let round = 0; round < rounds + warmUpRounds; round += 1) {
    const from_ms = performance.now();
    await run();
    if (round >= warmUpRounds) rates.push(count / 1000 / (performance.now() - from_ms));
  }
  return { median: median(rates), slowest: Math.min(...rates), fastest: Math.max(...rates) };
};

const line = (what: string, measured: Measured, floor?: Measured): string => {
  const rate = `${measured.median.toFixed(2).padStart(8)} M/s`;
  const spread = `${measured.slowest.toFixed(2)} … ${measured.fastest.toFixed(2)}`;
  const ratio = floor === undefined ? '' : `1/${(floor.median / measured.median).toFixed(1)} of the floor`;
  return `${what.padEnd(44)} ${rate}   ${spread.padEnd(16)} ${ratio}`.trimEnd();
};

const write = (text: string): void => void process.stdout.write(`${text}\n`);

write(`${cpus()[0]?.model ?? 'unknown CPU'}, Linux ${release()}, Node ${process.version}`);
const tellFloor = await measure(tells, bareTells);
write(line('floor: bare queue', tellFloor));
write(line(`tell: to one actor, ${burst} at a time`, await measure(tells, () => tellAll([one])), tellFloor));
write(line(`tell: to ${crowd} actors in turn`, await measure(tells, () => tellAll(many)), tellFloor));
write(line('tell: two actors to and fro', await measure(tells, rally), tellFloor));
const askFloor = await measure(asks, bareAsks);
write(line('floor: bare queue of promises, one by one', askFloor));
write(line('ask: one by one', await measure(asks, askOneByOne), askFloor));
write(line(`ask: ${window} at a time`, await measure(asks, askTogether), askFloor));
write(line('ask: from an actor, one by one', await measure(asks, askFromActor), askFloor));
const spawnFloor = await measure(spawns, bareSpawns);
write(line('floor: an object and its queue in a map', spawnFloor));
write(line('spawn, one message, stop', await measure(spawns, spawnAndStop), spawnFloor));
await system.stop();
