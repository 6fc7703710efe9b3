/**
 * The sides of a comparison that scan the same thing: a warm worker, a program, and the floor, a C program of ours that
 * is compiled here when there is a compiler. They take turns, and the medians are printed with their ratio to C; the
 * lowest beside them, which other work on the machine disturbs least.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkerProcess } from '../test/workers/worker-process.ts';
import { median } from './statistics.ts';

/** One side: a scan that tells its milliseconds and how many things it saw. */
export interface Side {
  readonly name: string;
  scan(): Promise<{ readonly wall_ms: number; readonly count: number }>;
  end(): void;
}

/** After another side had the processor, the first scan of a turn finds its caches cold; the median is not it. */
const scansPerTurn = 5;

const lastLine = async (child: ChildProcess): Promise<string> => {
  const { stdout } = child;
  if (stdout === null) throw new Error('no output');
  const [chunk] = (await once(stdout, 'data')) as [Buffer];
  return chunk.toString();
};

/**
 * The C program, or undefined without a compiler. It scans once for each line that it reads, and answers with its
 * milliseconds and the count.
 */
export const floorSide = (
  name: string,
  source: string,
  libraries: readonly string[] = [],
): Side | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'leash-floor-'));
  try {
    const [code, program] = [join(folder, 'floor.c'), join(folder, 'floor')];
    writeFileSync(code, source);
    const compiler = spawnSync(process.env.CC ?? 'cc', ['-O2', '-o', program, code, ...libraries], {
      stdio: 'inherit',
    });
    if (compiler.status !== 0) {
      process.stdout.write('no C compiler ($CC, else cc), or no library: the floor is left out\n');
      rmSync(folder, { recursive: true });
      return undefined;
    }
    const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
    return {
      name: `C: ${name}`,
      scan: async () => {
        child.stdin.write('\n');
        const [wall_ms = Number.NaN, count = 0] = (await lastLine(child)).split(' ').map(Number);
        return { wall_ms, count };
      },
      end: () => {
        child.stdin.end();
        rmSync(folder, { recursive: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
};

/** A worker that is asked these statements one after the other, and has been so often enough to be warm. */
export const workerSide = async (
  statements: readonly string[],
  warmUps: number,
  name = 'Leash: warm worker',
): Promise<Side> => {
  const worker = await WorkerProcess.ready();
  const scan = async (): Promise<{ wall_ms: number; count: number }> => {
    const from_ms = performance.now();
    let count = 0;
    for (const sql of statements) {
      const { cells, failure } = await worker.query(sql);
      if (failure !== undefined) throw new Error(failure.message);
      count += cells.length;
    }
    return { wall_ms: performance.now() - from_ms, count };
  };
  for (let round = 0; round < warmUps; round += 1) await scan();
  return { name, scan, end: () => worker.channel.destroy() };
};

/** A program that prints a line for each thing, after `headings` others; undefined where it is missing. */
export const programSide = (
  name: string,
  [program = '', ...args]: readonly string[],
  headings = 0,
): Side | undefined => {
  const run = (): { status: number | null; stdout: string } =>
    spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'ignore'] });
  if (run().status !== 0) {
    process.stdout.write(`no ${name}: it is left out\n`);
    return undefined;
  }
  return {
    name,
    scan: async () => {
      const from_ms = performance.now();
      const { status, stdout } = run();
      if (status !== 0) throw new Error(`${name} ended with ${status}`);
      return { wall_ms: performance.now() - from_ms, count: stdout.split('\n').length - 1 - headings };
    },
    end: () => {},
  };
};

/** Says what the comparison runs on. */
export const tellMachine = (): void =>
  void process.stdout.write(
    `${cpus()[0]?.model ?? 'unknown CPU'}, Linux ${release()}, Node ${process.version}\n`,
  );

/** Takes turns, so that a busy moment of the host falls on all sides. `things` is what is counted. */
export const compareSides = async (sides: readonly Side[], rounds: number, things: string): Promise<void> => {
  const taken = sides.map((side) => ({ side, wall_ms: [] as number[], counts: [] as number[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { side, wall_ms, counts } of taken) {
      for (let scan = 0; scan < scansPerTurn; scan += 1) {
        const scanned = await side.scan();
        wall_ms.push(scanned.wall_ms);
        counts.push(scanned.count);
      }
    }
  }
  const floor = taken.find(({ side }) => side.name.startsWith('C:'))?.wall_ms;
  const shown = (of: (wall_ms: readonly number[]) => number, wall_ms: readonly number[]): string => {
    const ratio = floor === undefined ? '' : `${(of(wall_ms) / of(floor)).toFixed(2)} x C`;
    return `${of(wall_ms).toFixed(2).padStart(8)} ms ${ratio.padStart(9)}`;
  };
  for (const { side, wall_ms, counts } of taken) {
    process.stdout.write(
      `${side.name.padEnd(28)} ${String(median(counts)).padStart(5)} ${things} ${shown(median, wall_ms)}, lowest ${shown(lowest, wall_ms)}\n`,
    );
  }
};

const lowest = (values: readonly number[]): number => Math.min(...values);
