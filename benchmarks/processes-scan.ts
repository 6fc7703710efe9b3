/**
 * What does a scan of `processes` cost? Eight columns in a warm worker, from the question on its channel to the last
 * row decoded here, beside `ps` with the same columns and beside the floor: a C program, compiled here when there is
 * a compiler, that reads the same three files of each process and takes the same fields out of them. Once with the
 * processes that there are, once with a thousand sleeping ones more. The three sides run in turns. Prints the median
 * in milliseconds and the ratio to C.
 *
 *   node benchmarks/processes-scan.ts [--rounds 9] [--sleepers 1000]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { compareSides, floorSide, programSide, tellMachine, workerSide } from './compare-sides.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, sleepers: { type: 'string', default: '1000' } },
});
const rounds = Number(values.rounds);
const sleepers = Number(values.sleepers);
/** So many scans make a worker warm: V8 has compiled the table, the parsers and the encoder by then. */
const warmUps = 200;

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

tellMachine();
const sides = [
  floorSide('stat, status, cmdline', floorSource),
  await workerSide([sql], warmUps),
  programSide('ps -eo', ['ps', '-eo', psColumns], 1),
].filter((side) => side !== undefined);
await compareSides(sides, rounds, 'processes');

const children: ChildProcess[] = [];
for (let index = 0; index < sleepers; index += 1) {
  children.push(spawn('sleep', ['600'], { stdio: 'ignore' }));
}
try {
  await Promise.all(children.map((child) => once(child, 'spawn')));
  await compareSides(sides, rounds, 'processes');
} finally {
  const ends = children.map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ends);
  for (const side of sides) side.end();
}
