/**
 * What does one sample (CPU time and memory) of one process cost? The guard's sampler beside pidusage and beside the
 * floor: the same preads and the same fields in C, compiled here when there is a compiler. The process that is
 * sampled is this one's parent. Prints microseconds a sample, the median of the rounds, and the ratio to the C
 * program that reads the same files.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { kernelUnits } from '../platform/node/auxv.ts';
import { nodeClock } from '../platform/node/clock.ts';
import { loadPidusage } from '../platform/node/load-pidusage.ts';
import { identify } from '../platform/node/process-identity.ts';
import { createProcSampler } from '../platform/node/sampler.ts';
import { SampleHistory } from '../supervisor/watchdog/sample-history.ts';
import { median } from './statistics.ts';

const rounds = 9;
const samplesPerRound = 20_000;
const slowSamplesPerRound = 1_000;

const floorSource = `
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}
int main(int argc, char **argv) {
  char path[64], buffer[1024];
  long samples = atol(argv[2]);
  int rounds = atoi(argv[3]);
  snprintf(path, sizeof path, "/proc/%s/stat", argv[1]);
  int stat = open(path, O_RDONLY);
  snprintf(path, sizeof path, "/proc/%s/statm", argv[1]);
  int statm = open(path, O_RDONLY);
  snprintf(path, sizeof path, "/proc/%s/io", argv[1]);
  int io = strcmp(argv[4], "io") ? -1 : open(path, O_RDONLY);
  unsigned long long sum = 0;
  for (int round = 0; round < rounds; round++) {
    double from = now_us();
    for (long i = 0; i < samples; i++) {
      ssize_t length = pread(stat, buffer, sizeof buffer - 1, 0);
      if (length <= 0) return 1;
      buffer[length] = 0;
      char *field = strrchr(buffer, ')') + 2;
      unsigned long long values[3];
      for (int number = 3, at = 0; number <= 22; number++) {
        if (number == 14 || number == 15 || number == 22) values[at++] = strtoull(field, 0, 10);
        field = strchr(field, ' ') + 1;
      }
      length = pread(statm, buffer, sizeof buffer - 1, 0);
      if (length <= 0) return 1;
      buffer[length] = 0;
      char *resident = strchr(buffer, ' ') + 1;
      char *shared = strchr(resident, ' ') + 1;
      sum += values[0] + values[1] + values[2] + strtoull(resident, 0, 10) - strtoull(shared, 0, 10);
      if (io >= 0) {
        length = pread(io, buffer, sizeof buffer - 1, 0);
        if (length <= 0) return 1;
        buffer[length] = 0;
        sum += strtoull(strchr(buffer, ' ') + 1, 0, 10);
      }
    }
    printf("%.4f\\n", (now_us() - from) / samples);
  }
  return sum == 0;
}
`;

/** Microseconds a call, in the median of the rounds; the first round warms up and does not count. */
const measure = async (calls: number, call: () => unknown): Promise<number> => {
  const results_us: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const from_ms = performance.now();
    for (let index = 0; index < calls; index += 1) {
      const pending = call();
      if (pending instanceof Promise) await pending;
    }
    if (round > 0) results_us.push(((performance.now() - from_ms) * 1000) / calls);
  }
  return median(results_us);
};

/** The C program without and with io, or undefined without a compiler. */
const measureFloors = (pid: number): { readonly plain_us: number; readonly io_us: number } | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'leash-floor-'));
  try {
    const source = join(folder, 'floor.c');
    const program = join(folder, 'floor');
    writeFileSync(source, floorSource);
    if (spawnSync(process.env.CC ?? 'cc', ['-O2', '-o', program, source], { stdio: 'inherit' }).status !== 0)
      return undefined;
    const measured_us = (which: 'plain' | 'io'): number => {
      const args = [...[pid, samplesPerRound, rounds].map(String), which];
      const run = spawnSync(program, args, { encoding: 'utf8' });
      if (run.status !== 0) throw new Error(`the floor ended with ${run.status}`);
      return median(run.stdout.trim().split('\n').map(Number));
    };
    return { plain_us: measured_us('plain'), io_us: measured_us('io') };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const target = identify(process.ppid);
const units = kernelUnits();
const source = target === undefined ? undefined : createProcSampler(nodeClock, units).open(target);
if (target === undefined || source?.ok !== true) throw new Error('the parent process cannot be sampled');
const guard = source.value;
const pidusage = loadPidusage(units);

const floors = measureFloors(target.pid);
const ours_us = await measure(samplesPerRound, () => {
  if (!guard.read().ok) throw new Error('no sample');
});
const withReads_us = await measure(samplesPerRound, () => {
  if (!guard.read().ok || guard.readBytes() === undefined) throw new Error('no sample');
});
const history = new SampleHistory();
const remembered_us = await measure(samplesPerRound, () => {
  const sample = guard.read();
  if (!sample.ok) throw new Error('no sample');
  const { at_ms, cpu_ms, private_bytes } = sample.value;
  history.add(at_ms, cpu_ms, private_bytes, guard.readBytes() ?? Number.NaN);
});
let moment_ms = 0;
const remembering_us = await measure(samplesPerRound, () => {
  moment_ms += 1;
  history.add(moment_ms, moment_ms, moment_ms, moment_ms);
});
const pidusage_us = await measure(slowSamplesPerRound, () => pidusage(target.pid));
guard.close();
pidusage.clear();

const line = (what: string, cost_us: number, floor_us: number | undefined): string => {
  const ratio = floor_us === undefined ? '' : `${(cost_us / floor_us).toFixed(2)} x C`;
  return `${what.padEnd(36)} ${cost_us.toFixed(2).padStart(8)} us  ${ratio.padStart(10)}\n`;
};
const lines = [
  `${cpus()[0]?.model ?? 'unknown CPU'}, Linux ${release()}, Node ${process.version}\n`,
  floors === undefined
    ? 'no C compiler ($CC, else cc): the floor is left out\n'
    : line('C: stat, statm', floors.plain_us, floors.plain_us) +
      line('C: stat, statm, io', floors.io_us, floors.io_us),
  line('guard: stat, statm', ours_us, floors?.plain_us),
  line('guard: stat, statm, io (as leased)', withReads_us, floors?.io_us),
  line('the same, kept in a history', remembered_us, floors?.io_us),
  line('the history alone', remembering_us, undefined),
  line('pidusage: stat, uptime', pidusage_us, floors?.plain_us),
];
process.stdout.write(lines.join(''));
