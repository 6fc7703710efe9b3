import { type ActorRef, type Behaviour, createActorSystem } from '../../../actors/index.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { nodeRandom } from '../../../platform/node/random.ts';
import type { Add, Inside } from '../contender.ts';

type Message = Add | { readonly type: 'read'; readonly replyTo: ActorRef<number> };
interface Ball {
  readonly left: number;
  readonly from: ActorRef<Ball>;
  readonly dropped: () => void;
}

const counter: Behaviour<Message, number> = {
  init: () => 0,
  receive: (sum, message) => {
    if (message.type === 'add') return sum + message.n;
    message.replyTo.tell(sum);
    return sum;
  },
};

const thrower: Behaviour<Ball, undefined> = {
  init: () => undefined,
  receive: (state, { left, from, dropped }, context) => {
    if (left === 0) dropped();
    else from.tell({ left: left - 1, from: context.self, dropped });
    return state;
  },
};

export const leash = (): Inside<ActorRef<Message>> => {
  const system = createActorSystem({ clock: nodeClock, random: nodeRandom });
  const [ping, pong] = [system.spawn('ping', thrower), system.spawn('pong', thrower)];
  return {
    counter: (name) => system.spawn(name, counter),
    tell: (ref, message) => void ref.tell(message),
    ask: async (ref) => {
      const answer = await system.ask<Message, number>(ref, (replyTo) => ({ type: 'read', replyTo }), 60_000);
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.value;
    },
    rally: (left) =>
      new Promise((dropped) => {
        ping.tell({ left, from: pong, dropped: () => dropped() });
      }),
    lives: (count) =>
      new Promise((resolve) => {
        let sum = 0;
        let ended = 0;
        const child: Behaviour<Add, undefined> = {
          init: () => undefined,
          receive: (state, { n }, context) => {
            sum += n;
            context.stopSelf();
            return state;
          },
          stopped: () => {
            ended += 1;
            if (ended === count) resolve(sum);
          },
        };
        for (let index = 0; index < count; index += 1)
          system.spawn(`child-${index}`, child).tell({ type: 'add', n: 1 });
      }),
    close: () => system.stop(),
  };
};
