/** Reads so many bytes from a place in a file or disk; fewer, or undefined, where there are none. */
export type ReadRange = (offset_bytes: number, length_bytes: number) => Uint8Array | undefined;
