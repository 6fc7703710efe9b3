/** WASM memory never shrinks; a worker that kept more than this is replaced, so that no later query pays for it. */
const kept_bytes = 32 * 2 ** 20;

/** Must a worker end after this run? */
export const mustRecycle = (after: { readonly retained_bytes: number }): boolean =>
  after.retained_bytes > kept_bytes;
