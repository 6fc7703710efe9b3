import { dispatch, query, type Ref, spawn, start, stop } from 'nact';
import type { Add, Inside } from '../contender.ts';

type Message = Add | { readonly type: 'read'; readonly replyTo: Ref<number> };
interface Ball {
  readonly left: number;
  readonly from: Ref<Ball>;
  readonly dropped: () => void;
}

export const nact = (): Inside<Ref<Message>> => {
  const system = start();
  const thrower = (name: string): Ref<Ball> =>
    spawn(
      system,
      (state: number, { left, from, dropped }: Ball, { self }) => {
        if (left === 0) dropped();
        else dispatch(from, { left: left - 1, from: self, dropped });
        return state;
      },
      name,
      { initialState: 0 },
    );
  const [ping, pong] = [thrower('ping'), thrower('pong')];
  return {
    counter: (name) =>
      spawn(
        system,
        (sum: number, message: Message) => {
          if (message.type === 'add') return sum + message.n;
          dispatch(message.replyTo, sum);
          return sum;
        },
        name,
        { initialState: 0 },
      ),
    tell: (ref, message) => dispatch(ref, message),
    ask: (ref) => query(ref, (replyTo: Ref<number>): Message => ({ type: 'read', replyTo }), 60_000),
    rally: (left) =>
      new Promise((dropped) => {
        dispatch(ping, { left, from: pong, dropped: () => dropped() });
      }),
    lives: (count) =>
      new Promise((resolve) => {
        let sum = 0;
        let ended = 0;
        const receive = (state: number, { n }: Add, { self }: { readonly self: Ref<Add> }): number => {
          sum += n;
          stop(self);
          return state;
        };
        const afterStop = (): void => {
          ended += 1;
          if (ended === count) resolve(sum);
        };
        for (let index = 0; index < count; index += 1) {
          const child = spawn(system, receive, `child-${index}`, { initialState: 0, afterStop });
          dispatch(child, { type: 'add', n: 1 });
        }
      }),
    close: () => {
      stop(system);
      return Promise.resolve();
    },
  };
};
