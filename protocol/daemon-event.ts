import type { Denial } from './denial.ts';
import type { RunCost } from './run.ts';
import type { Verdict } from './verdict.ts';

/** What the daemon did, as it happens: for the status log and for the live view of `leash start`. */
export type DaemonEvent =
  | {
      readonly type: 'query_ran';
      readonly name: string;
      readonly added: number;
      readonly removed: number;
      readonly rows: number;
      readonly snapshot: boolean;
      readonly cost: RunCost;
    }
  | { readonly type: 'query_failed'; readonly name: string; readonly message: string }
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  | { readonly type: 'denied'; readonly denial: Denial }
  | { readonly type: 'log'; readonly severity: 'info' | 'warning' | 'error'; readonly message: string };
