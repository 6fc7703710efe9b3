import { type DoorRule, type GroupRule, globalRules, groupRules, moduleRules, pureFolders } from './rules.ts';
import type { SourceUse } from './source-tree.ts';

/** One broken rule, with what a person needs to see why. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly uses: string;
  readonly reason: string;
}

/** Everything in one file that a rule forbids. */
export const violationsOf = ({ file, imports, globals }: SourceUse): readonly Violation[] => {
  const pure = isOneOf(file, pureFolders.paths);
  const found: Violation[] = [];
  const judge = (uses: string, line: number, reasons: readonly string[]): void => {
    for (const reason of reasons) found.push({ file, line, uses, reason });
  };
  for (const { target, line } of imports) {
    if (target.endsWith('.ts')) judge(target, line, brokenArrow(file, target));
    else
      judge(target, line, [...(pure ? [pureFolders.reason] : []), ...closedDoors(moduleRules, file, target)]);
  }
  for (const { name, line } of globals) {
    const ofProcess = pure && (name === 'process' || name.startsWith('process.'));
    judge(name, line, [...(ofProcess ? [pureFolders.reason] : []), ...closedDoors(globalRules, file, name)]);
  }
  return found;
};

const brokenArrow = (file: string, target: string): readonly string[] => {
  const own = groupOf(file);
  const other = groupOf(target);
  if (own === undefined || other === undefined) return ['test/architecture/rules.ts knows no such folder'];
  return own === other || own.mayImport.includes(other.group) ? [] : [own.reason];
};

const groupOf = (path: string): GroupRule | undefined => {
  const length = (rule: GroupRule): number =>
    Math.max(...rule.paths.filter((known) => isOneOf(path, [known])).map((known) => known.length));
  return groupRules
    .filter((rule) => isOneOf(path, rule.paths))
    .toSorted((one, other) => length(other) - length(one))[0];
};

const isOneOf = (path: string, paths: readonly string[]): boolean =>
  paths.some((known) => path === known || path.startsWith(`${known}/`));

const closedDoors = (rules: readonly DoorRule[], file: string, name: string): readonly string[] =>
  rules.filter((rule) => rule.names.includes(name) && !isOneOf(file, rule.only)).map((rule) => rule.reason);
