/** The other process of the tests: has a few actors, and speaks on its descriptor 3. */
import { createActorSystem } from '../../../actors/system.ts';
import type { ActorRef, Behaviour } from '../../../actors/types.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { nodeRandom } from '../../../platform/node/random.ts';
import { inheritedChannel } from '../../../platform/node/stream-channel.ts';

export type Sink =
  | { readonly type: 'put'; readonly n: number; readonly load?: string }
  | { readonly type: 'sum'; readonly replyTo: ActorRef<Summed> }
  | { readonly type: 'never'; readonly replyTo: ActorRef<Summed> }
  /** Tells `to` so many messages and then ends. */
  | { readonly type: 'pour'; readonly count: number; readonly to: ActorRef<number> }
  /** Tells `to` numbers from 0 on, as long as there is somebody. */
  | { readonly type: 'flow'; readonly to: ActorRef<number> }
  | { readonly type: 'crash' }
  /** Takes all time of its process, so that nothing is read any more. */
  | { readonly type: 'spin' };

/** What a sink has received. */
export interface Summed {
  readonly sum: number;
  readonly characters: number;
}

const sink: Behaviour<Sink, Summed> = {
  init: () => ({ sum: 0, characters: 0 }),
  receive: (state, message, context) => {
    const { sum, characters } = state;
    switch (message.type) {
      case 'put':
        return { sum: sum + message.n, characters: characters + (message.load ?? '').length };
      case 'sum':
        message.replyTo.tell(state);
        return state;
      case 'never':
        return state;
      case 'pour':
        for (let n = 0; n < message.count; n += 1) message.to.tell(n);
        context.stopSelf();
        return state;
      case 'flow':
        void flow(message.to);
        return state;
      case 'crash':
        throw new Error('the sink was told to crash');
      case 'spin':
        for (;;);
    }
  },
};

const flow = async (to: ActorRef<number>): Promise<void> => {
  for (let n = 0; ; ) {
    const told = to.tell(n);
    if (told === 'stopped') return;
    if (told === 'accepted') n += 1;
    else await node.room();
  }
};

const system = createActorSystem({ clock: nodeClock, random: nodeRandom });
const node = system.connect(inheritedChannel(3), { name: 'tests', maxMessage_bytes: 64 * 1024 * 1024 });
node.expose('sink', system.spawn('sink', sink));
node.expose('other sink', system.spawn('other', sink));
