/**
 * Ends a supervisor with SIGKILL at random moments under a running schedule, again and again, and compares what the
 * results log holds with what the store says was committed. Run by kill-nine.test.ts in a short form;
 * `node test/system/kill-nine.ts --rounds 200` is the long one.
 */

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { childrenOf, makeHome, startDaemon } from './daemon-harness.ts';

/** What a loop of kills came to. */
export interface KillReport {
  readonly rounds: number;
  readonly lines: number;
  /** Counters of the query in the order of the log: 0, 1, 2, … when no line was lost or repeated. */
  readonly counters: readonly number[];
  /** Counter that the store committed last. */
  readonly committed: number;
  /** Workers that outlived their supervisor by more than a second. */
  readonly orphans: number;
}

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
      orphans += workers.filter((pid) => childrenOf(1).includes(pid)).length;
    }
    const last = await startDaemon(home);
    await last.end('SIGTERM');
    const lines = home
      .resultLines()
      .map((line) => JSON.parse(line) as { name: string; counter: number; action: string });
    const counters = lines
      .filter(({ name, action }) => name === 'clock' && action === 'added')
      .map(({ counter }) => counter);
    const store = new Database(join(home.state, 'results.db'), { readonly: true });
    const committed = Number(store.prepare("SELECT counter FROM queries WHERE name = 'clock'").pluck().get());
    store.close();
    return { rounds, lines: lines.length, counters, committed, orphans };
  } finally {
    home.remove();
  }
};

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '200' } } });
  const report = await killLoop(Number(values.rounds), Math.random);
  const whole = report.counters.every((counter, index) => counter === index);
  process.stdout.write(
    `${report.rounds} kills, ${report.lines} lines, committed counter ${report.committed}, `,
  );
  process.stdout.write(
    `${whole ? 'every counter once, in order' : 'COUNTERS ARE WRONG'}, ${report.orphans} orphans\n`,
  );
  process.exitCode = whole && report.counters.length === report.committed + 1 && report.orphans === 0 ? 0 : 1;
}
