/** How long a run stood still for one extension. */
export interface ExtensionWait {
  readonly uuid: number;
  readonly calls: number;
  /** In all its calls together. */
  readonly waited_ms: number;
}

/** What a run waited for outside of itself. It is wall time of the run and no cost of the worker. */
export interface ExtensionWaits {
  readonly extensions: readonly ExtensionWait[];
  /** The call whose answer the run still waited for when it ended; absent when every answer was whole. */
  readonly standing?: {
    readonly uuid: number;
    /** In this one call. */
    readonly waited_ms: number;
  };
}

/** From this share of `wall_ms` on, time in an extension is what makes a run late. */
export const decisiveShare = 0.5;
