const newline = 0x0a;

/**
 * The row frames of a run as the store thread takes them: joined by newlines, in one buffer of its own, so that
 * handing it over copies nothing more and takes nothing else along.
 */
export const joinFrames = (frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const length = frames.reduce((sum, frame) => sum + frame.length + 1, 0);
  const joined = new Uint8Array(Math.max(0, length - 1));
  let position = 0;
  for (const frame of frames) {
    if (position > 0) joined[position - 1] = newline;
    joined.set(frame, position);
    position += frame.length + 1;
  }
  return joined;
};
