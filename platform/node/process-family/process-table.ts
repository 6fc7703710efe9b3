import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from '../../clock.ts';
import type { ProcessEntry } from './members.ts';

/** Between two portions of so many processes other work goes on: one takes some 10 µs. */
const portion = 100;

/** A process with what it has used. */
export interface MeasuredEntry extends ProcessEntry {
  /** Its own CPU time and that of children that it waited for. */
  readonly cpuTicks: number;
}

const turnOfTheLoop = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** One look at all processes. */
export interface ProcessReading {
  /** When it was complete, in monotonic milliseconds. */
  readonly at_ms: number;
  readonly entries: readonly MeasuredEntry[];
}

/** Where looks at all processes come from. */
export interface ProcessTable {
  /** One that began just now, or a moment before: who looks at the same time shares it. */
  recent(): Promise<ProcessReading>;
  /** One that begins now. */
  fresh(): Promise<ProcessReading>;
}

/** A look is shared by those who ask within so long of its beginning: less than the shortest time between two of one family. */
const shared_ms = 50;

/** The processes of this host. A look reads all of /proc, in portions between which other work goes on. */
export const openProcessTable = (clock: Pick<Clock, 'monotonicMs'>): ProcessTable => {
  let last: { readonly began_ms: number; readonly reading: Promise<ProcessReading> } | undefined;
  const fresh = (): Promise<ProcessReading> => {
    const began_ms = clock.monotonicMs();
    const reading = readProcesses().then((entries) => ({ at_ms: clock.monotonicMs(), entries }));
    last = { began_ms, reading };
    return reading;
  };
  return {
    fresh,
    recent: () =>
      last !== undefined && clock.monotonicMs() - last.began_ms < shared_ms ? last.reading : fresh(),
  };
};

/** All processes that may be seen, but for the first one and our own. One that ends meanwhile is left out. */
const readProcesses = async (): Promise<readonly MeasuredEntry[]> => {
  const entries: MeasuredEntry[] = [];
  let seen = 0;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === 1 || pid === process.pid) continue;
    seen += 1;
    if (seen % portion === 0) await turnOfTheLoop();
    const entry = readEntry(pid);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
};

/** One process; undefined when it is gone. */
const readEntry = (pid: number): MeasuredEntry | undefined => {
  const stat = read(`/proc/${pid}/stat`);
  // The command name ends at the last `)` and may hold anything; field 3 comes two characters later.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields.length < 20) return undefined;
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    pid,
    isZombie: fields[0] === 'Z' || fields[0] === 'X',
    parent: field(4),
    group: field(5),
    session: field(6),
    cpuTicks: field(14) + field(15) + field(16) + field(17),
    startTicks: field(22),
    marks: marksIn(read(`/proc/${pid}/environ`) ?? ''),
  };
};

const markPrefix = 'LEASH_';
const noMarks: readonly string[] = [];

/** Most processes have none, and their environment is not taken apart. */
const marksIn = (environment: string): readonly string[] =>
  environment.includes(markPrefix)
    ? environment.split('\0').filter((variable) => variable.startsWith(markPrefix))
    : noMarks;

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
};
