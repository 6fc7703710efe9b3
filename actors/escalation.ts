import type { ExitReason } from './types.ts';

/** A supervisor gives up: restarting did not help. Its own end is what its parent has to judge. */
export class Escalation extends Error {
  /** How the child ended whose restart would have been one too many. */
  readonly reason: ExitReason;

  constructor(message: string, reason: ExitReason) {
    super(message);
    this.reason = reason;
  }
}
