import type { Offer, Plan, Question } from './plan.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import { layout } from './struct-layout.ts';

const info = layout.sqlite3_index_info;
const constraint = layout.sqlite3_index_constraint;
const usage = layout.sqlite3_index_constraint_usage;

const equals = 2;
/** Arguments of sqlite3_vtab_in: ask whether, or say that, an IN list is taken at once. */
const askList = -1;
const takeList = 1;

/** Reads sqlite3_index_info. */
export const readOffers = ({ exports, memory }: RawSqlite, at: Pointer): Question => {
  const word = (offset: number): number => memory.view.getInt32(offset, true);
  const list = word(at + info.aConstraint);
  const offers = Array.from({ length: word(at + info.nConstraint) }, (_, index): Offer => {
    const each = list + index * constraint.size;
    const operator = memory.view.getUint8(each + constraint.op);
    const isEqual = operator === equals;
    return {
      column: word(each + constraint.iColumn),
      operator,
      usable: memory.view.getUint8(each + constraint.usable) !== 0,
      isList: isEqual && exports.sqlite3_vtab_in(at, index, askList) !== 0,
      collation: isEqual ? memory.cString(exports.sqlite3_vtab_collation(at, index)) : 'BINARY',
    };
  });
  return {
    offers,
    ordered: word(at + info.nOrderBy) > 0,
    used: { low: word(at + info.colUsed), high: word(at + info.colUsed + 4) },
  };
};

/** Writes the decision back. `omit` stays 0: SQLite checks every row again. */
export const writePlan = ({ exports, memory }: RawSqlite, at: Pointer, plan: Plan, number: number): void => {
  const usages = memory.view.getInt32(at + info.aConstraintUsage, true);
  for (const [index, position] of plan.positions.entries()) {
    memory.view.setInt32(usages + index * usage.size + usage.argvIndex, position, true);
    if (plan.arguments[position - 1]?.kind === 'list') exports.sqlite3_vtab_in(at, index, takeList);
  }
  memory.view.setInt32(at + info.idxNum, number, true);
  memory.view.setFloat64(at + info.estimatedCost, plan.cost, true);
};
