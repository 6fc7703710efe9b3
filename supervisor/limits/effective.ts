import { type Budget, type BudgetName, budgetNames } from '../../protocol/budget.ts';
import type { EffectiveLimits, LimitOrigin, Limits } from '../../protocol/limits.ts';

/** The limits of a level, before any place says otherwise. */
export const levelLimits = (budget: Budget): EffectiveLimits => ({
  budget,
  origins: Object.fromEntries(budgetNames.map((name) => [name, 'level'])) as Record<BudgetName, LimitOrigin>,
});

/** The limits with those of a stronger place laid over them; what it does not name stays. */
export const overlaid = (below: EffectiveLimits, origin: LimitOrigin, limits: Limits): EffectiveLimits => {
  const budget: Record<BudgetName, number> = { ...below.budget };
  const origins: Record<BudgetName, LimitOrigin> = { ...below.origins };
  for (const name of budgetNames) {
    const value = limits[name];
    if (value === undefined) continue;
    budget[name] = value;
    origins[name] = origin;
  }
  return { budget, origins };
};
