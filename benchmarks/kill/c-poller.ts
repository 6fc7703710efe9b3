import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `watch PID LIMIT MS` looks at private memory every so often and kills: what any watchdog of this kind comes down to.
 * `window PID PERCENT WINDOW MS` does the same by the share of one core that the process had over a sliding window.
 * `exit MB` is the floor of all of them: from SIGKILL to the exit of a process that touched so much memory and does
 * nothing else, in milliseconds.
 */
const source = `
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}
static int time_exit(long megabytes) {
  int ready[2];
  char byte;
  if (pipe(ready)) return 1;
  int pid = fork();
  if (pid == 0) {
    char *memory = malloc(megabytes << 20);
    memset(memory, 1, megabytes << 20);
    if (write(ready[1], memory, 1) != 1) return 1;
    for (;;) pause();
  }
  if (read(ready[0], &byte, 1) != 1) return 1;
  double from = now_ms();
  kill(pid, SIGKILL);
  waitpid(pid, 0, 0);
  printf("%.3f\\n", now_ms() - from);
  return 0;
}
static double cpu_ms(int stat) {
  char line[1024];
  long user, system;
  ssize_t length = pread(stat, line, sizeof line - 1, 0);
  if (length <= 0) return -1;
  line[length] = 0;
  sscanf(strrchr(line, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system);
  return (user + system) * 1e3 / sysconf(_SC_CLK_TCK);
}
static int watch_window(int pid, double percent, double window_ms, long every_ms) {
  enum { kept = 4096 };
  static double at[kept], used[kept];
  struct timespec between = { every_ms / 1000, every_ms % 1000 * 1000000L };
  char path[64];
  long first = 0, count = 0;
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int stat = open(path, O_RDONLY);
  for (;;) {
    double now = now_ms(), cpu = cpu_ms(stat);
    if (cpu < 0) return 0;
    at[count % kept] = now;
    used[count % kept] = cpu;
    count += 1;
    while (first + 1 < count && at[(first + 1) % kept] <= now - window_ms) first += 1;
    double elapsed = now - at[first % kept];
    if (elapsed >= window_ms && (cpu - used[first % kept]) / elapsed * 100 > percent) {
      kill(pid, SIGKILL);
      return 0;
    }
    nanosleep(&between, 0);
  }
}
int main(int argc, char **argv) {
  if (!strcmp(argv[1], "exit")) return time_exit(atol(argv[2]));
  if (!strcmp(argv[1], "window")) return watch_window(atoi(argv[2]), atof(argv[3]), atof(argv[4]), atol(argv[5]));
  int pid = atoi(argv[2]);
  long long limit = atoll(argv[3]);
  struct timespec between = { 0, atol(argv[4]) * 1000000L };
  char path[64], line[128];
  snprintf(path, sizeof path, "/proc/%d/statm", pid);
  int statm = open(path, O_RDONLY);
  for (;;) {
    ssize_t length = pread(statm, line, sizeof line - 1, 0);
    if (length <= 0) return 0;
    line[length] = 0;
    char *resident = strchr(line, ' ') + 1;
    char *shared = strchr(resident, ' ') + 1;
    if ((strtoll(resident, 0, 10) - strtoll(shared, 0, 10)) * 4096 > limit) {
      kill(pid, SIGKILL);
      return 0;
    }
    nanosleep(&between, 0);
  }
}
`;

/** A compiled poller. */
export interface Poller {
  /** Watches until the process is over the limit and kills it. */
  watch(pid: number, limit_bytes: number, every_ms: number): Promise<void>;
  /** Watches until the process had more than that share of a core over a window, and kills it. */
  watchWindow(pid: number, limit_percent: number, window_ms: number, every_ms: number): Promise<void>;
  /** From SIGKILL to the exit of a C process of that size, once. */
  exit_ms(megabytes: number): number;
  remove(): void;
}

/** Undefined without a C compiler ($CC, else cc). */
export const compilePoller = (): Poller | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'leash-poller-'));
  const program = join(folder, 'poller');
  const code = join(folder, 'poller.c');
  writeFileSync(code, source);
  const compiled = spawnSync(process.env.CC ?? 'cc', ['-O2', '-o', program, code], { stdio: 'inherit' });
  if (compiled.status !== 0) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const run = async (...args: readonly (string | number)[]): Promise<void> => {
    await once(spawn(program, args.map(String), { stdio: 'ignore' }), 'exit');
  };
  return {
    watch: (pid, limit_bytes, every_ms) => run('watch', pid, limit_bytes, every_ms),
    watchWindow: (...args) => run('window', ...args),
    exit_ms: (megabytes) =>
      Number(spawnSync(program, ['exit', String(megabytes)], { encoding: 'utf8' }).stdout),
    remove: () => rmSync(folder, { recursive: true }),
  };
};
