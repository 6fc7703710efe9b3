import type { Budget, BudgetName } from './budget.ts';

/** Some budgets, by name: what one place (a pack, a flag, an override) says about them. */
export type Limits = Readonly<Partial<Record<BudgetName, number | undefined>>>;

/** The place that a limit comes from, the strongest last. */
export const limitOrigins = ['level', 'flag', 'config', 'pack', 'query', 'override'] as const;

export type LimitOrigin = (typeof limitOrigins)[number];

/** What a query may cost, and which place said so. */
export interface EffectiveLimits {
  readonly budget: Budget;
  readonly origins: Readonly<Record<BudgetName, LimitOrigin>>;
}
