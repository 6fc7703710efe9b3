import type { LifeOutcome } from './demand.ts';
import type { Paint } from './paint.ts';

/** How often a kind ran and how often it was stopped. */
export interface KindCount {
  readonly kind: string;
  readonly guilty: boolean;
  ran: number;
  stopped: number;
}

/** What a rule made of many queries. */
export class Confusion {
  readonly rule: string;
  readonly kinds: Map<string, KindCount> = new Map();
  stops = 0;
  wrongBlames = 0;

  constructor(rule: string) {
    this.rule = rule;
  }

  add({ outcomes, stops, wrongBlames }: LifeOutcome): void {
    this.stops += stops;
    this.wrongBlames += wrongBlames;
    for (const { demand, ran, stopped } of outcomes) this.count(demand.kind, demand.guilty, ran, stopped);
  }

  count(kind: string, guilty: boolean, ran: boolean, stopped: boolean): void {
    const counted = this.kinds.get(kind) ?? { kind, guilty, ran: 0, stopped: 0 };
    this.kinds.set(kind, counted);
    if (ran) counted.ran += 1;
    if (ran && stopped) counted.stopped += 1;
  }

  of(guilty: boolean): { readonly ran: number; readonly stopped: number } {
    const counts = [...this.kinds.values()].filter((count) => count.guilty === guilty);
    const sum = (what: 'ran' | 'stopped'): number => counts.reduce((total, count) => total + count[what], 0);
    return { ran: sum('ran'), stopped: sum('stopped') };
  }

  /** Guilty ones that got away. */
  get misses(): number {
    const { ran, stopped } = this.of(true);
    return ran - stopped;
  }

  get falseKills(): number {
    return this.of(false).stopped;
  }
}

const number = (value: number): string => value.toLocaleString('en-US');
const columns = [28, 10, 12, 10, 12, 14, 10];

const row = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(columns[0] ?? 0) : cell.padStart(columns[index] ?? 0)))
    .join(' ');

/** The tables of several rules beside each other, one line each. */
export const confusionTable = (rules: readonly Confusion[], paint: Paint): readonly string[] => [
  paint.faint(row(['', '--- guilty', '------', '- innocent', '------', '', 'wrong'])),
  paint.strong(row(['rule', 'stopped', 'missed', 'let go', 'false kills', 'stops', 'blame'])),
  ...rules.map((rule) => {
    const mark = (text: string, wrong: number): string => (wrong > 0 ? paint.bad(text) : paint.good(text));
    const { ran, stopped } = rule.of(false);
    const cell = (value: number, index: number): string => number(value).padStart(columns[index] ?? 0);
    return [
      rule.rule.padEnd(columns[0] ?? 0),
      cell(rule.of(true).stopped, 1),
      mark(cell(rule.misses, 2), rule.misses),
      cell(ran - stopped, 3),
      mark(cell(stopped, 4), stopped),
      cell(rule.stops, 5),
      mark(cell(rule.wrongBlames, 6), rule.wrongBlames),
    ].join(' ');
  }),
];

/** Per kind: how many of those that ran each rule stopped. */
export const kindTable = (rules: readonly Confusion[], paint: Paint): readonly string[] => {
  const kinds = [...(rules[0]?.kinds.values() ?? [])].toSorted(
    (one, other) => Number(other.guilty) - Number(one.guilty) || one.kind.localeCompare(other.kind),
  );
  const head = ['stopped, of those that ran', '', ...rules.map(({ rule }) => rule)];
  const width = 26;
  const line = (cells: readonly string[]): string => cells.map((cell) => cell.padStart(width)).join(' ');
  return [
    paint.strong(`${head[0]?.padEnd(40)}${line(rules.map(({ rule }) => rule))}`),
    ...kinds.map(({ kind, guilty }) => {
      const cells = rules.map((rule) => {
        const { ran, stopped } = rule.kinds.get(kind) ?? { ran: 0, stopped: 0 };
        const text = `${number(stopped)} of ${number(ran)}`.padStart(width);
        const right = guilty ? stopped === ran : stopped === 0;
        return right ? paint.good(text) : paint.bad(text);
      });
      return `${(guilty ? 'guilty    ' : 'innocent  ') + kind.padEnd(30)}${cells.join(' ')}`;
    }),
  ];
};
