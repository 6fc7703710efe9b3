import type { Budget } from '../../../protocol/budget.ts';
import type { ExtensionBudget } from '../../../protocol/extension/budget.ts';
import type { ExtensionState } from '../../../protocol/extension/state.ts';
import type { VerdictReason } from '../../../protocol/verdict.ts';
import type { ExtensionConduct } from '../../extensions/node/extension.ts';

/** One kind of extension, and what must become of it. */
export interface ExtensionOffender {
  /** Lower case with underscores, unique: the name of its file, and of its table unless its conduct names another. */
  readonly name: string;
  readonly conduct: Partial<ExtensionConduct>;
  /** Limits of its own, so low that it is over soon. */
  readonly budget?: Partial<ExtensionBudget>;
  /** Limits of a query of its table, scheduled for every second, and how it fails. It is never denied. */
  readonly read?: { readonly limits: Partial<Budget>; readonly fails: RegExp };
  readonly expected: ExpectedEnd;
  /** Why that is right. */
  readonly why: string;
  /** Its end takes too long for a test. */
  readonly longOnly?: true;
}

/** What must become of an extension. */
export interface ExpectedEnd {
  /** Reasons of its verdicts; any of them is right. Empty: nobody judges it, and so nobody denies it. */
  readonly reasons: readonly VerdictReason[];
  /** Where it stands in `leash_extensions` then; absent for one that ends with the daemon. */
  readonly states?: readonly ExtensionState[];
  /** What the log says of its end. A process that it `left … behind` must be gone then. */
  readonly log: RegExp;
  /** From its first start, or from the daemon's stop for one that ends with the daemon; the long form looks at that. */
  readonly within_s: number;
  /** It lives on all the same, in its first life. */
  readonly livesOn?: true;
}

/** The name of the scheduled query that reads its table. */
export const readerOf = ({ name }: Pick<ExtensionOffender, 'name'>): string => `reads_${name}`;
