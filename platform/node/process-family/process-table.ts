import { readdirSync, readFileSync } from 'node:fs';
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

/** All processes that may be seen, but for the first one and our own. One that ends meanwhile is left out. */
export const processTable = async (mark: string): Promise<readonly MeasuredEntry[]> => {
  const entries: MeasuredEntry[] = [];
  let seen = 0;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === 1 || pid === process.pid) continue;
    seen += 1;
    if (seen % portion === 0) await turnOfTheLoop();
    const entry = readEntry(pid, mark);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
};

/** One process; undefined when it is gone. */
const readEntry = (pid: number, mark: string): MeasuredEntry | undefined => {
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
    isMarked: read(`/proc/${pid}/environ`)?.split('\0').includes(mark) ?? false,
  };
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
};
