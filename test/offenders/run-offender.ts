import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { type Budget, budgetOfLevel } from '../../protocol/budget.ts';
import type { Lease } from '../../protocol/lease.ts';
import { cleanEnv } from '../system/daemon-harness.ts';
import type { Ground } from './ground.ts';
import type { Circumstance, Offender } from './offender.ts';
import type { RealHost, RealRun } from './real-host.ts';

/** What became of a kind of query. */
export interface OffenderReport {
  readonly offender: Offender;
  /** The runs that got a worker, in order. */
  readonly runs: readonly RealRun[];
  /** After so many stops it was denied; 0: it was not. */
  readonly deniedAfter: number;
  /** Verdicts that named another query or another worker than the one that ran. */
  readonly wrongBlames: number;
  /** What differs from what was expected; empty when all is right. */
  readonly problems: readonly string[];
}

/** The budget of a kind in a form; undefined when it has no short form. */
export const budgetOf = (
  { limits, short, expected }: Offender,
  { form }: Pick<Ground, 'form'>,
): Budget | undefined => {
  if (form === 'long') return { ...longBudget(expected), ...limits };
  if (short === undefined) return undefined;
  return { ...budgetOfLevel['0'], ...limits, ...(short === 'as it is' ? {} : short) };
};

/**
 * Several niced workers on few cores, beside whatever else the host does, need more time for the same CPU time: what
 * is not about time itself gets more of it, so that the limit that it is about is reached first.
 */
const longBudget = (expected: Offender['expected']): Budget => {
  const normal = budgetOfLevel['0'];
  const aboutTime = expected.kind === 'denied' && expected.reasons.includes('wall_ms');
  return aboutTime ? normal : { ...normal, wall_ms: normal.wall_ms * 20 };
};

/** Runs a kind until it is denied, or as often as it asks, and compares. Undefined where this host or form has none. */
export const runOffender = async (
  host: RealHost,
  ground: Ground,
  offender: Offender,
): Promise<OffenderReport | undefined> => {
  const sql = offender.sql(ground);
  const budget = budgetOf(offender, ground);
  if (sql === undefined || budget === undefined) return undefined;
  const { circumstance } = offender;
  const burners = circumstance?.kind === 'loaded_host' ? startBurners() : [];
  const runs: RealRun[] = [];
  let deniedAfter = 0;
  try {
    for (let index = 0; index < attempts(offender); index += 1) {
      const run = await host.run(sql, budget, (lease) => disturb(circumstance, lease));
      if (run.outcome.failure?.reason === 'denied') {
        deniedAfter = runs.length;
        break;
      }
      runs.push(run);
    }
  } finally {
    await endAll(burners);
  }
  const wrongBlames = runs.reduce((sum, run) => sum + blamedWrongly(sql, run), 0);
  const problems = [
    ...runs.flatMap((run) => problemsOfRun(offender, run)),
    ...problemsOfDenial(offender, deniedAfter),
    ...(wrongBlames > 0 ? [`${wrongBlames} verdicts blamed another query`] : []),
  ];
  return { offender, runs, deniedAfter, wrongBlames, problems };
};

const blamedWrongly = (sql: string, { verdicts, lease }: RealRun): number =>
  verdicts.filter((verdict) => verdict.sql !== sql || verdict.worker.pid !== lease?.worker.pid).length;

/** One more than it may take until it is denied, so that the refusal is seen. */
const attempts = ({ expected, times = 1 }: Offender): number =>
  expected.kind === 'denied' ? expected.after + 1 : expected.kind === 'capped' ? times + 1 : times;

const disturb = (circumstance: Circumstance | undefined, { worker }: Lease): void => {
  if (circumstance?.kind !== 'worker_stopped') return;
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => void process.kill(worker.pid, name);
  setTimeout(() => {
    signal('SIGSTOP');
    setTimeout(() => signal('SIGCONT'), circumstance.for_ms);
  }, 50);
};

const startBurners = (): readonly ChildProcess[] =>
  Array.from({ length: availableParallelism() }, () =>
    spawn('/bin/sh', ['-c', 'while :; do :; done'], { env: cleanEnv(), stdio: 'ignore' }),
  );

const endAll = async (burners: readonly ChildProcess[]): Promise<void> => {
  for (const burner of burners) {
    const ended = once(burner, 'close');
    burner.kill('SIGKILL');
    await ended;
  }
};

const problemsOfRun = ({ expected }: Offender, { outcome, verdicts }: RealRun): readonly string[] => {
  const { failure } = outcome;
  const judged = verdicts.map(({ kind, reason, strike }) => `${kind} ${reason}${strike ? ' (strike)' : ''}`);
  const told = `${failure?.message ?? 'it answered'}; verdicts: ${judged.join(', ') || 'none'}`;
  const [only] = verdicts;
  const isOne = verdicts.length === 1 && only !== undefined;
  switch (expected.kind) {
    case 'answered':
      return failure === undefined && verdicts.length === 0 ? [] : [told];
    case 'refused':
      return expected.message.test(failure?.message ?? '') && verdicts.length === 0 ? [] : [told];
    case 'capped':
      return isOne && only.reason === expected.reason && !only.strike ? [] : [told];
    case 'denied':
      return isOne && expected.reasons.includes(only.reason) ? [] : [told];
  }
};

const problemsOfDenial = ({ expected }: Offender, deniedAfter: number): readonly string[] => {
  if (expected.kind !== 'denied') return deniedAfter === 0 ? [] : ['it was denied'];
  return deniedAfter >= 1 && deniedAfter <= expected.after
    ? []
    : [`denied after ${deniedAfter} stops instead of ${expected.after}`];
};
