/** A counter in another process: told, asked, watched, and killed with its process. */
import { channelDescriptor, startChannelProcess } from '../../platform/node/channel-process.ts';
import { nodeClock } from '../../platform/node/clock.ts';
import { nodeRandom } from '../../platform/node/random.ts';
import { inheritedChannel } from '../../platform/node/stream-channel.ts';
import { type ActorRef, type Behaviour, createActorSystem, type Terminated } from '../index.ts';

/** Both processes know it: what one may say to the other is checked when they are compiled. */
type Words =
  | { readonly type: 'count'; readonly text: string }
  | { readonly type: 'total'; readonly replyTo: ActorRef<number> };

const system = createActorSystem({ clock: nodeClock, random: nodeRandom });

const child = (): void => {
  const counter: Behaviour<Words, number> = {
    init: () => 0,
    receive: (total, message) => {
      if (message.type === 'count') return total + message.text.split(' ').length;
      message.replyTo.tell(total);
      return total;
    },
  };
  const parent = system.connect(inheritedChannel(channelDescriptor), { name: 'parent' });
  parent.expose('words', system.spawn('counter', counter));
};

const watcher = (words: ActorRef<Words>): Behaviour<Terminated, undefined> => ({
  init: (context) => {
    context.watch(words, (terminated) => terminated);
    return undefined;
  },
  receive: (state, { path, reason }, context) => {
    console.log(`${path} has ended: ${reason.kind}`);
    context.stopSelf();
    return state;
  },
});

const parent = async (): Promise<void> => {
  const started = startChannelProcess(import.meta.filename, ['child']);
  if (!started.ok) throw new Error(started.error.message);
  const node = system.connect(started.value.channel, { name: 'child' });
  const words = node.remote<Words>('words');
  const total = (): ReturnType<typeof system.ask<Words, number>> =>
    system.ask<Words, number>(words, (replyTo) => ({ type: 'total', replyTo }), 5000);

  words.tell({ type: 'count', text: 'the quick brown fox' });
  words.tell({ type: 'count', text: 'jumps over the lazy dog' });
  const counted = await total();
  console.log(counted.ok ? `${counted.value} words` : counted.error.message);

  system.spawn('watcher', watcher(words));
  system.on('deadLetter', ({ to, reason }) => console.log(`a message to ${to} is lost: ${reason}`));
  started.value.process.kill('SIGKILL');
  console.log((await node.down).reason);
  words.tell({ type: 'count', text: 'too late' });
  const late = await total();
  console.log(late.ok ? late.value : late.error.reason);
  await system.stop();
};

if (process.argv[2] === 'child') child();
else await parent();
