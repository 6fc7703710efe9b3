import type { ResultColumn } from '../../protocol/cell.ts';
import type { StatementFrames } from '../../protocol/row-batches.ts';

/** What one statement gave, as the store thread takes it. */
export interface JoinedFrames {
  readonly columns: readonly ResultColumn[];
  /** Its row frames, one behind the other. */
  readonly frames: Uint8Array<ArrayBuffer>;
}

/** In one buffer of its own, so that handing it over copies nothing more and takes nothing else along. */
export const joinFrames = ({ columns, rowFrames }: StatementFrames): JoinedFrames => {
  const frames = new Uint8Array(rowFrames.reduce((sum, frame) => sum + frame.length, 0));
  let position = 0;
  for (const frame of rowFrames) {
    frames.set(frame, position);
    position += frame.length;
  }
  return { columns, frames };
};
