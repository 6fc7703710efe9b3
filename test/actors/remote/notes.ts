import type { ActorRef, DeadLetter } from '../../../actors/types.ts';
import { player } from '../stage.ts';
import { type TwoNodes, twoNodes } from './two-nodes.ts';

export type Note = { readonly note: string };
export const mib: number = 1024 * 1024;

/** A pair whose other end has a player called `notes`. */
export const withNotes = (
  options?: Parameters<typeof twoNodes>[0],
): TwoNodes & { readonly ref: ActorRef<Note>; readonly notes: readonly string[] } => {
  const nodes = twoNodes(options);
  const { there, here, events } = nodes;
  there.node.expose('notes', there.system.spawn('notes', player('notes', events)));
  return { ...nodes, ref: here.node.remote<Note>('notes'), notes: events };
};

export const messages = (letters: readonly DeadLetter[]): readonly string[] =>
  letters.map(({ message, reason }) => `${String((message as Note).note).slice(0, 10)} ${reason}`);
