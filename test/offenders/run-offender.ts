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
  /** What differs from what was expected; empty when all is right. */
  readonly problems: readonly string[];
}

/** The budget of a kind in a form; undefined when it has no short form. */
export const budgetOf = ({ limits, short }: Offender, { form }: Pick<Ground, 'form'>): Budget | undefined => {
  if (form === 'long') return { ...budgetOfLevel['0'], ...limits };
  if (short === undefined) return undefined;
  return { ...budgetOfLevel['0'], ...limits, ...(short === 'as it is' ? {} : short) };
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
  return { offender, runs, deniedAfter, problems: problemsOf(offender, sql, runs, deniedAfter) };
};

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

const problemsOf = (
  offender: Offender,
  sql: string,
  runs: readonly RealRun[],
  deniedAfter: number,
): readonly string[] => {
  const { expected } = offender;
  const problems: string[] = [];
  const want = (holds: boolean, problem: () => string): void => {
    if (!holds) problems.push(problem());
  };
  for (const run of runs) {
    const judged = run.verdicts.map(
      ({ kind, reason, strike }) => `${kind} ${reason}${strike ? ' (strike)' : ''}`,
    );
    const told = `${run.outcome.failure?.message ?? 'it answered'}; verdicts: ${judged.join(', ') || 'none'}`;
    const right = run.verdicts.every(
      (verdict) => verdict.sql === sql && verdict.worker.pid === run.lease?.worker.pid,
    );
    want(right, () => `the wrong query was blamed: ${told}`);
    switch (expected.kind) {
      case 'answered':
        want(run.outcome.failure === undefined && run.verdicts.length === 0, () => told);
        break;
      case 'refused':
        want(expected.message.test(run.outcome.failure?.message ?? ''), () => told);
        want(run.verdicts.length === 0, () => told);
        break;
      case 'capped':
        want(run.verdicts.length === 1 && run.verdicts[0]?.reason === expected.reason, () => told);
        want(
          run.verdicts.every(({ strike }) => !strike),
          () => `a strike: ${told}`,
        );
        break;
      case 'denied':
        want(
          run.verdicts.length === 1 && run.verdicts.every(({ reason }) => expected.reasons.includes(reason)),
          () => told,
        );
    }
  }
  if (expected.kind === 'denied') {
    const soon = deniedAfter >= 1 && deniedAfter <= expected.after;
    want(soon, () => `denied after ${deniedAfter} stops instead of ${expected.after}`);
  } else {
    want(deniedAfter === 0, () => 'it was denied');
  }
  return problems;
};
