import type { ActorRef, Behaviour } from '../../../actors/types.ts';
import { type TwoNodes, twoNodes } from './two-nodes.ts';

export type Counter =
  | { readonly type: 'add'; readonly n: number }
  | { readonly type: 'read'; readonly replyTo: ActorRef<number> }
  | { readonly type: 'keep'; readonly replyTo: ActorRef<number> }
  | { readonly type: 'leave' }
  | { readonly type: 'crash' };

/** Adds up, answers, and keeps the addresses of those whom it lets wait. */
export const counter = (kept: ActorRef<number>[] = []): Behaviour<Counter, number> => ({
  init: () => 0,
  receive: (sum, message, context) => {
    if (message.type === 'add') return sum + message.n;
    if (message.type === 'read') message.replyTo.tell(sum);
    else if (message.type === 'keep') kept.push(message.replyTo);
    else if (message.type === 'leave') context.stopSelf();
    else throw new RangeError('it counted too far');
    return sum;
  },
});

export const read = (replyTo: ActorRef<number>): Counter => ({ type: 'read', replyTo });
export const keep = (replyTo: ActorRef<number>): Counter => ({ type: 'keep', replyTo });

export const withCounter = (
  kept?: ActorRef<number>[],
): TwoNodes & { readonly ref: ActorRef<Counter>; readonly local: ActorRef<Counter> } => {
  const nodes = twoNodes();
  const local = nodes.there.system.spawn('counter', counter(kept));
  nodes.there.node.expose('counter', local);
  return { ...nodes, local, ref: nodes.here.node.remote<Counter>('counter') };
};
