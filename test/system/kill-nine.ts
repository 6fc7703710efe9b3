/**
 * Ends a supervisor with SIGKILL at random moments under a running schedule, again and again, and compares what the
 * results log holds with what the store says was committed. Run by kill-nine.test.ts in a short form;
 * `node test/system/kill-nine.ts --rounds 200` is the long one.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { childrenOf, makeHome, processState, startDaemon } from './daemon-harness.ts';

/** What a loop of kills came to. */
export interface KillReport {
  readonly rounds: number;
  readonly lines: number;
  /** Lines that stand in the log more than once. */
  readonly repeated: number;
  /** Whether the log ends within a line, though its last writer ended in order. */
  readonly torn: boolean;
  /** By query: counters in the order of the log, each once, and the one that the store committed last. */
  readonly queries: readonly {
    readonly name: string;
    readonly counters: readonly number[];
    readonly committed: number;
  }[];
  /** Workers that outlived their supervisor by more than a second. */
  readonly orphans: number;
}

/** Whether the log holds every run that the store committed, once and in order: counters 0, 1, 2, … to the last. */
export const isWhole = ({ queries, repeated, torn }: KillReport): boolean =>
  repeated === 0 &&
  !torn &&
  queries.every(
    ({ counters, committed }) =>
      counters.length === committed + 1 && counters.every((counter, index) => counter === index),
  );

/** `unix_time` differs at every run, so that each committed run has one removed and one added line. */
const schedule = {
  clock: { query: 'SELECT unix_time FROM time', interval: 1 },
  processes: { query: 'SELECT pid, name, user_time FROM processes', interval: 1 },
};

/** Kills `rounds` times after up to two seconds each, then lets one life end in order. */
export const killLoop = async (rounds: number, random: () => number): Promise<KillReport> => {
  const home = makeHome({ schedule });
  let orphans = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const daemon = await startDaemon(home);
      await wait(random() * 2_000);
      const workers = childrenOf(daemon.pid);
      await daemon.end('SIGKILL');
      await wait(1_000);
      orphans += workers.filter((pid) => !['Z', undefined].includes(processState(pid))).length;
    }
    const last = await startDaemon(home);
    await last.end('SIGTERM');
    const lines = home.resultLines();
    const store = new Database(join(home.state, 'results.db'), { readonly: true });
    const queries = Object.keys(schedule).map((name) => ({
      name,
      counters: countersOf(name, lines),
      committed: Number(store.prepare('SELECT counter FROM queries WHERE name = ?').pluck().get(name)),
    }));
    store.close();
    return {
      rounds,
      lines: lines.length,
      repeated: lines.length - new Set(lines).size,
      torn: !readFileSync(join(home.logs, 'osqueryd.results.log'), 'utf8').endsWith('\n'),
      queries,
      orphans,
    };
  } finally {
    home.remove();
  }
};

/** A run has one line for each row that it added or removed, all with its counter. */
const countersOf = (name: string, lines: readonly string[]): readonly number[] =>
  lines
    .map((line) => JSON.parse(line) as { name: string; counter: number })
    .filter((line) => line.name === name)
    .map(({ counter }) => counter)
    .filter((counter, index, all) => counter !== all[index - 1]);

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '200' } } });
  const report = await killLoop(Number(values.rounds), Math.random);
  const committed = report.queries.map((query) => `${query.name} ${query.committed}`).join(', ');
  process.stdout.write(
    `${report.rounds} kills, ${report.lines} lines, last counters committed: ${committed}\n`,
  );
  process.stdout.write(
    `${isWhole(report) ? 'every run in the log once, in order' : 'THE LOG IS WRONG'}, ${report.orphans} orphans\n`,
  );
  process.exitCode = isWhole(report) && report.orphans === 0 ? 0 : 1;
}
