import type { Add, Inside } from '../contender.ts';

/** A bare queue, which is emptied by a call for each message once who fills it has had its turn. */
class Queue<Message> {
  sum = 0;
  readonly #handle: (queue: Queue<Message>, message: Message) => void;
  #waiting: Message[] = [];
  #isScheduled = false;

  constructor(handle: (queue: Queue<Message>, message: Message) => void) {
    this.#handle = handle;
  }

  put(message: Message): void {
    this.#waiting.push(message);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(this.#drain);
  }

  readonly #drain = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#isScheduled = false;
    for (const message of waiting) this.#handle(this, message);
  };
}

type Message = Add | { readonly type: 'read'; readonly replyTo: (sum: number) => void };
interface Ball {
  readonly left: number;
  readonly from: Queue<Ball>;
  readonly dropped: () => void;
}

const counter = (): Queue<Message> =>
  new Queue((queue, message) => {
    if (message.type === 'add') queue.sum += message.n;
    else message.replyTo(queue.sum);
  });

const thrower = (): Queue<Ball> =>
  new Queue((queue, { left, from, dropped }) => {
    if (left === 0) dropped();
    else from.put({ left: left - 1, from: queue, dropped });
  });

/** The floor: no names, no bounds, no supervision, no deadlines, no end that anybody could watch. */
export const queue = (): Inside<Queue<Message>> => {
  const [ping, pong] = [thrower(), thrower()];
  return {
    counter,
    tell: (ref, message) => ref.put(message),
    ask: (ref) =>
      new Promise((replyTo) => {
        ref.put({ type: 'read', replyTo });
      }),
    rally: (left) =>
      new Promise((dropped) => {
        ping.put({ left, from: pong, dropped });
      }),
    lives: (count) =>
      new Promise((resolve) => {
        let sum = 0;
        const living = new Map<string, Queue<Add>>();
        const live = (name: string): Queue<Add> =>
          new Queue((_queue, { n }) => {
            sum += n;
            living.delete(name);
            if (living.size === 0) resolve(sum);
          });
        for (let index = 0; index < count; index += 1) {
          const name = `child-${index}`;
          const child = live(name);
          living.set(name, child);
          child.put({ type: 'add', n: 1 });
        }
      }),
    close: () => Promise.resolve(),
  };
};
