/** A counter in another process, through refs that cross it. Started with `child` this file is that process. */
import { type ActorRef, createActorSystem } from '../../../actors/index.ts';
import { channelDescriptor, startChannelProcess } from '../../../platform/node/channel-process.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { nodeRandom } from '../../../platform/node/random.ts';
import { inheritedChannel } from '../../../platform/node/stream-channel.ts';
import type { Across, Add } from '../contender.ts';

type Message = Add | { readonly type: 'read'; readonly replyTo: ActorRef<number> };

const system = createActorSystem({ clock: nodeClock, random: nodeRandom });

if (process.argv[2] === 'child') {
  const counter = system.spawn<Message, number>('counter', {
    init: () => 0,
    receive: (sum, message) => {
      if (message.type === 'add') return sum + message.n;
      message.replyTo.tell(sum);
      return sum;
    },
  });
  system.connect(inheritedChannel(channelDescriptor), { name: 'parent' }).expose('counter', counter);
}

export const leash = (): Promise<Across> => {
  const started = startChannelProcess(import.meta.filename, ['child']);
  if (!started.ok) throw new Error(started.error.message);
  const node = system.connect(started.value.channel, { name: 'child' });
  const counter = node.remote<Message>('counter');
  return Promise.resolve({
    stream: async (count) => {
      for (let told = 0; told < count; ) {
        if (counter.tell({ type: 'add', n: 1 }) === 'accepted') told += 1;
        else await node.room();
      }
    },
    ask: async () => {
      const answer = await system.ask<Message, number>(
        counter,
        (replyTo) => ({ type: 'read', replyTo }),
        60_000,
      );
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.value;
    },
    close: () => system.stop(),
  });
};
