import { type ActorRef, createSystem } from 'comedy';
import type { Add, Inside } from '../contender.ts';

const together = 100;

interface Ball {
  readonly left: number;
  readonly from: ActorRef;
  readonly self: ActorRef;
  readonly dropped: () => void;
}

const counter = (): object => {
  let sum = 0;
  return {
    add: ({ n }: Add) => {
      sum += n;
    },
    read: () => sum,
  };
};

const thrower = {
  ball: ({ left, from, self, dropped }: Ball) => {
    if (left === 0) dropped();
    else void from.send('ball', { left: left - 1, from: self, self: from, dropped });
  },
};

/** Its messages are a topic and arguments; each `send` is a promise. */
export const comedy = async (): Promise<Inside<ActorRef>> => {
  const system = createSystem({});
  const root = await system.rootActor();
  const [ping, pong] = [await root.createChild(thrower), await root.createChild(thrower)];
  return {
    counter: () => root.createChild(counter()),
    tell: (ref, message) => void ref.send('add', message),
    ask: (ref) => ref.sendAndReceive('read') as Promise<number>,
    rally: (left) =>
      new Promise((dropped) => {
        void ping.send('ball', { left, from: pong, self: ping, dropped });
      }),
    lives: async (count) => {
      let sum = 0;
      const definition = {
        add: ({ n }: Add) => {
          sum += n;
        },
      };
      const live = async (): Promise<void> => {
        const child = await root.createChild(definition);
        await child.send('add', { type: 'add', n: 1 });
        await child.destroy();
      };
      for (let begun = 0; begun < count; begun += together)
        await Promise.all(Array.from({ length: Math.min(together, count - begun) }, live));
      return sum;
    },
    close: () => system.destroy(),
  };
};
