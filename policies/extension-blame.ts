import { decisiveShare, type ExtensionWaits } from '../protocol/extension/waits.ts';

/**
 * Whose doing it is that a run came to its `wall_ms`. `hung`: one call of this extension did not end. `slow`: calls of this
 * extension took the time, each of them not too long: nobody is to be punished, neither who asked so often nor who answered.
 */
export type WallBlame =
  | { readonly kind: 'query' }
  | { readonly kind: 'hung' | 'slow'; readonly uuid: number; readonly waited_ms: number };

/**
 * Decides who is blamed for a run that came to its deadline. An extension is blamed for one call that took half of the
 * time and more, and in which the run stood at its end. A join that makes ten thousand quick calls is no fault of the
 * extension's. Pure.
 */
export const blameForWall = ({ extensions, standing }: ExtensionWaits, wall_ms: number): WallBlame => {
  const decisive_ms = wall_ms * decisiveShare;
  if (standing !== undefined && standing.waited_ms >= decisive_ms) return { kind: 'hung', ...standing };
  const slowest = extensions.reduce<ExtensionWaits['extensions'][number] | undefined>(
    (most, each) => (most === undefined || each.waited_ms > most.waited_ms ? each : most),
    undefined,
  );
  if (slowest === undefined || slowest.waited_ms < decisive_ms) return { kind: 'query' };
  return { kind: 'slow', uuid: slowest.uuid, waited_ms: slowest.waited_ms };
};
