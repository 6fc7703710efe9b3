import { type ActorRefFrom, createActor, fromTransition, type TransitionActorLogic } from 'xstate';
import type { Add, Inside } from '../contender.ts';

type Message = Add | { readonly type: 'read'; readonly replyTo: (sum: number) => void };
interface Ball {
  readonly type: 'ball';
  readonly left: number;
  readonly from: { send(ball: Ball): void };
  readonly dropped: () => void;
}

const counter: TransitionActorLogic<number, Message, undefined> = fromTransition(
  (sum: number, message: Message) => {
    if (message.type === 'add') return sum + message.n;
    message.replyTo(sum);
    return sum;
  },
  0,
);

const thrower = fromTransition((state: number, { left, from, dropped }: Ball, { self }) => {
  if (left === 0) dropped();
  else from.send({ type: 'ball', left: left - 1, from: self, dropped });
  return state;
}, 0);

/** Actors of the leanest logic it has; a state machine costs more. It knows no ask: the answer goes to a function. */
export const xstate = (): Inside<ActorRefFrom<typeof counter>> => {
  const [ping, pong] = [createActor(thrower).start(), createActor(thrower).start()];
  return {
    counter: () => createActor(counter).start(),
    tell: (ref, message) => ref.send(message),
    ask: (ref) =>
      new Promise((replyTo) => {
        ref.send({ type: 'read', replyTo });
      }),
    rally: (left) =>
      new Promise((dropped) => {
        ping.send({ type: 'ball', left, from: pong, dropped });
      }),
    lives: (count) => {
      let sum = 0;
      const logic = fromTransition((state: number, message: Add | { readonly type: 'xstate.stop' }) => {
        if (message.type === 'add') sum += message.n;
        return state;
      }, 0);
      const children = Array.from({ length: count }, () => createActor(logic).start());
      // An actor of this logic does not end itself.
      for (const child of children) {
        child.send({ type: 'add', n: 1 });
        child.stop();
      }
      return Promise.resolve(sum);
    },
    close: () => Promise.resolve(),
  };
};
