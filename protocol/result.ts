/** A value or a failure. Leash returns failures as values; it throws only for programming errors. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const fail = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });

/**
 * A failure that a person reads: a reason from a closed set for programs, and a sentence that says
 * what happened, where, and what to do.
 */
export interface Failure<Reason extends string = string> {
  readonly reason: Reason;
  readonly message: string;
}
