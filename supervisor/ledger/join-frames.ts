/**
 * The row frames of a run as the store thread takes them: in one buffer of its own, so that handing it over copies
 * nothing more and takes nothing else along.
 */
export const joinFrames = (frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const joined = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let position = 0;
  for (const frame of frames) {
    joined.set(frame, position);
    position += frame.length;
  }
  return joined;
};
