import type { CellRow, ResultColumn } from './cell.ts';

/**
 * Rows travel as batches: JSON arrays of rows (protocol/cell.ts), each closed by a newline. A batch is cut into frames where
 * one is full, so that no row is too long for a frame; a frame has no more than one batch, or a piece of one.
 */
const newline = 0x0a;

/** What one statement of a run gave: its columns, and its row frames in order. The batches of a statement are its own. */
export interface StatementFrames {
  readonly columns: readonly ResultColumn[];
  readonly rowFrames: readonly Uint8Array[];
}

/** The JSON of batches, put together from frames as they come. */
export class RowBatches {
  #pieces: Uint8Array[] = [];

  /** The batch that ends with this frame, without its newline; undefined while more of it is to come. */
  take(frame: Uint8Array): Uint8Array | undefined {
    if (frame.at(-1) !== newline) {
      this.#pieces.push(frame);
      return undefined;
    }
    const last = frame.subarray(0, -1);
    if (this.#pieces.length === 0) return last;
    const batch = Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    return batch;
  }
}

/** The rows of a whole answer. The engine encoded them, and each frame's bounds were checked on the way. */
export const rowsOfFrames = (frames: readonly Uint8Array[]): readonly CellRow[] => {
  const batches = new RowBatches();
  return frames.flatMap((frame) => {
    const batch = batches.take(frame);
    return batch === undefined ? [] : rowsOfBatch(batch);
  });
};

/** The same of frames that were put one behind the other. */
export const rowsOfJoined = (frames: Uint8Array): readonly CellRow[] => {
  const text = Buffer.from(frames.buffer, frames.byteOffset, frames.byteLength).toString('utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap((batch) => JSON.parse(batch) as CellRow[]);
};

/** The rows of one batch. */
export const rowsOfBatch = (batch: Uint8Array): readonly CellRow[] =>
  JSON.parse(Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength).toString('utf8')) as CellRow[];
