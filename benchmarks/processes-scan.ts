/**
 * What does a scan of `processes` cost? Eight columns in a warm worker, from the question on its channel to the last
 * row decoded here, beside `ps` with the same columns and beside the floor: a C program, compiled here when there is
 * a compiler, that reads the same three files of each process and takes the same fields out of them. Once with the
 * processes that there are, once with a thousand sleeping ones more. The three sides run in turns. Prints the median
 * in milliseconds and the ratio to C.
 *
 *   node benchmarks/processes-scan.ts [--rounds 9] [--sleepers 1000]
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WorkerProcess } from '../test/workers/worker-process.ts';
import { median } from './statistics.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, sleepers: { type: 'string', default: '1000' } },
});
const rounds = Number(values.rounds);
const sleepers = Number(values.sleepers);
/** So many scans make a worker warm: V8 has compiled the table, the parsers and the encoder by then. */
const warmUps = 200;
/** After another side had the processor, the first scan of a turn finds its caches cold; the median is not it. */
const scansPerTurn = 5;

const sql = 'SELECT pid, name, cmdline, state, uid, parent, resident_size, start_time FROM processes';
const psColumns = 'pid,comm,args,s,ruid,ppid,rss,lstart';

/** Scans /proc once for each line that it reads, and answers with its milliseconds and the number of processes. */
const floorSource = `
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static char buffer[1 << 20], name[64];
static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}
static ssize_t read_file(const char *pid, const char *file) {
  char path[300];
  ssize_t length = 0, more;
  snprintf(path, sizeof path, "/proc/%s%s", pid, file);
  int opened = open(path, O_RDONLY);
  if (opened < 0) return -1;
  while ((more = read(opened, buffer + length, sizeof buffer - 1 - length)) > 0) length += more;
  close(opened);
  buffer[length] = 0;
  return length;
}
static long scan(FILE *rows, long long boot, long ticks) {
  long count = 0;
  struct dirent *entry;
  DIR *proc = opendir("/proc");
  while ((entry = readdir(proc))) {
    if (!isdigit((unsigned char)entry->d_name[0]) || read_file(entry->d_name, "/stat") <= 0) continue;
    char *from = strchr(buffer, '(') + 1, *to = strrchr(buffer, ')'), *field = to + 2;
    char state = *field;
    long long parent = 0, start = 0;
    memcpy(name, from, to - from);
    name[to - from] = 0;
    for (int number = 3; number <= 22; number++, field = strchr(field, ' ') + 1) {
      if (number == 4) parent = strtoll(field, 0, 10);
      if (number == 22) start = strtoll(field, 0, 10);
    }
    if (read_file(entry->d_name, "/status") <= 0) continue;
    char *line = strstr(buffer, "\\nUid:");
    long uid = line ? strtol(line + 5, 0, 10) : -1;
    line = strstr(buffer, "\\nVmRSS:");
    long long resident = line ? strtoll(line + 7, 0, 10) : 0;
    ssize_t length = read_file(entry->d_name, "/cmdline");
    for (ssize_t at = 0; at < length; at++) if (!buffer[at]) buffer[at] = ' ';
    fprintf(rows, "%s %s %s %c %ld %lld %lld %lld\\n", entry->d_name, name, length > 0 ? buffer : "", state, uid,
            parent, resident * 1024, boot + start / ticks);
    count++;
  }
  closedir(proc);
  fflush(rows);
  return count;
}
int main(void) {
  char line[8];
  FILE *rows = fopen("/dev/null", "w");
  read_file("", "stat");
  long long boot = strtoll(strstr(buffer, "\\nbtime ") + 7, 0, 10);
  while (fgets(line, sizeof line, stdin)) {
    double from = now_ms();
    long count = scan(rows, boot, sysconf(_SC_CLK_TCK));
    printf("%.4f %ld\\n", now_ms() - from, count);
    fflush(stdout);
  }
  return 0;
}
`;

/** One side of the comparison: a scan that tells its milliseconds and how many processes it saw. */
interface Side {
  readonly name: string;
  scan(): Promise<{ readonly wall_ms: number; readonly processes: number }>;
  end(): void;
}

const lastLine = async (child: ChildProcess): Promise<string> => {
  const { stdout } = child;
  if (stdout === null) throw new Error('no output');
  const [chunk] = (await once(stdout, 'data')) as [Buffer];
  return chunk.toString();
};

/** The C program, or undefined without a compiler. */
const startFloor = (): Side | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'leash-floor-'));
  try {
    const [source, program] = [join(folder, 'floor.c'), join(folder, 'floor')];
    writeFileSync(source, floorSource);
    const compiler = spawnSync(process.env.CC ?? 'cc', ['-O2', '-o', program, source], { stdio: 'inherit' });
    if (compiler.status !== 0) return undefined;
    const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
    return {
      name: 'C: stat, status, cmdline',
      scan: async () => {
        child.stdin.write('\n');
        const [wall_ms = Number.NaN, processes = 0] = (await lastLine(child)).split(' ').map(Number);
        return { wall_ms, processes };
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

const startWorker = async (): Promise<Side> => {
  const worker = await WorkerProcess.ready();
  return {
    name: 'Leash: warm worker',
    scan: async () => {
      const from_ms = performance.now();
      const { cells, failure } = await worker.query(sql);
      if (failure !== undefined) throw new Error(failure.message);
      return { wall_ms: performance.now() - from_ms, processes: cells.length };
    },
    end: () => worker.channel.destroy(),
  };
};

const ps: Side = {
  name: 'ps -eo',
  scan: async () => {
    const from_ms = performance.now();
    const { status, stdout } = spawnSync('ps', ['-eo', psColumns], { encoding: 'utf8', maxBuffer: 1e8 });
    if (status !== 0) throw new Error(`ps ended with ${status}`);
    return { wall_ms: performance.now() - from_ms, processes: stdout.split('\n').length - 2 };
  },
  end: () => {},
};

const hasPs = spawnSync('ps', ['-eo', psColumns]).status === 0;

/** Takes turns, so that a busy moment of the host falls on all sides. */
const compare = async (sides: readonly Side[]): Promise<void> => {
  const taken = sides.map((side) => ({ side, wall_ms: [] as number[], processes: [] as number[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { side, wall_ms, processes } of taken) {
      for (let scan = 0; scan < scansPerTurn; scan += 1) {
        const scanned = await side.scan();
        wall_ms.push(scanned.wall_ms);
        processes.push(scanned.processes);
      }
    }
  }
  const floor_ms = median(taken.find(({ side }) => side.name.startsWith('C:'))?.wall_ms ?? []);
  for (const { side, wall_ms, processes } of taken) {
    const ratio = Number.isNaN(floor_ms) ? '' : `${(median(wall_ms) / floor_ms).toFixed(2)} x C`;
    const cost = `${median(wall_ms).toFixed(2).padStart(8)} ms`;
    process.stdout.write(
      `${side.name.padEnd(28)} ${String(median(processes)).padStart(5)} processes ${cost} ${ratio.padStart(10)}\n`,
    );
  }
};

const floor = startFloor();
const worker = await startWorker();
const sides = [floor, worker, hasPs ? ps : undefined].filter((side) => side !== undefined);
process.stdout.write(`${cpus()[0]?.model ?? 'unknown CPU'}, Linux ${release()}, Node ${process.version}\n`);
if (floor === undefined) process.stdout.write('no C compiler ($CC, else cc): the floor is left out\n');
if (!hasPs) process.stdout.write('no ps: it is left out\n');
for (let round = 0; round < warmUps; round += 1) await worker.scan();
await compare(sides);

const children: ChildProcess[] = [];
for (let index = 0; index < sleepers; index += 1) {
  children.push(spawn('sleep', ['600'], { stdio: 'ignore' }));
}
try {
  await Promise.all(children.map((child) => once(child, 'spawn')));
  await compare(sides);
} finally {
  const ends = children.map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ends);
  for (const side of sides) side.end();
}
