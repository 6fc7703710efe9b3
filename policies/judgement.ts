import type { VerdictReason } from '../protocol/verdict.ts';

/** What a policy says about one observation. Limit and measurement are in the unit that the reason names. */
export type Judgement =
  | { readonly kind: 'within' }
  | {
      readonly kind: 'kill';
      readonly reason: VerdictReason;
      readonly limit: number;
      readonly measured: number;
    };

export const within: Judgement = { kind: 'within' };

/** A judgement that is a kill when the measurement is over the limit. */
export const killIfOver = (reason: VerdictReason, measured: number, limit: number): Judgement =>
  measured > limit ? { kind: 'kill', reason, limit, measured } : within;

/**
 * How far past a time budget the guard waits before it kills. The engine stops the query at the budget itself, and
 * that is the milder rung (the worker lives); the guard serves when the engine could not, because it is stuck in
 * one opcode or in a system call.
 */
export const graceOf_ms = (budget_ms: number): number => Math.min(2_000, Math.max(250, budget_ms * 0.1));
