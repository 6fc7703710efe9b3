/**
 * What does it cost to list sockets with who holds them? `process_open_sockets` and `listening_ports` in a warm worker,
 * beside ss and beside the floor: a C program that twice looks at every descriptor of every process and reads the
 * lists of every network namespace. With a thousand listening and a thousand connected sockets more. What is left when no
 * holder is asked for, and when no row leaves the worker, tells where the time goes.
 *
 * A run leaves half of its connected sockets in TIME_WAIT for a minute (tcp(7)): wait for that before the next.
 *
 *   node benchmarks/sockets-scan.ts [--rounds 9] [--sockets 1000]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareSides, floorSide, programSide, tellMachine, workerSide } from './compare-sides.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, sockets: { type: 'string', default: '1000' } },
});
const warmUps = 30;

const floorSource = `
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
enum { slots = 1 << 17, most_namespaces = 256 };
static struct { unsigned long inode; int pid, fd; } holders[slots];
static char buffer[16 << 20];
static char namespaces[most_namespaces][40];
static int namespace_pids[most_namespaces], namespace_count;
static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}
static unsigned slot_of(unsigned long inode) {
  unsigned slot = inode * 2654435761u % slots;
  while (holders[slot].inode && holders[slot].inode != inode) slot = (slot + 1) % slots;
  return slot;
}
static void note_namespace(int pid) {
  char path[64], link[40];
  snprintf(path, sizeof path, "/proc/%d/ns/net", pid);
  ssize_t length = readlink(path, link, sizeof link - 1);
  if (length < 0) return;
  link[length] = 0;
  for (int known = 0; known < namespace_count; known++) if (!strcmp(namespaces[known], link)) return;
  if (namespace_count == most_namespaces) return;
  strcpy(namespaces[namespace_count], link);
  namespace_pids[namespace_count++] = pid;
}
static void note_descriptors(int pid) {
  char path[64], link[64];
  struct dirent *entry;
  snprintf(path, sizeof path, "/proc/%d/fd", pid);
  DIR *opened = opendir(path);
  if (!opened) return;
  while ((entry = readdir(opened))) {
    ssize_t length = readlinkat(dirfd(opened), entry->d_name, link, sizeof link - 1);
    if (length < 9 || strncmp(link, "socket:[", 8)) continue;
    link[length] = 0;
    unsigned long inode = strtoul(link + 8, 0, 10);
    unsigned slot = slot_of(inode);
    holders[slot].inode = inode;
    holders[slot].pid = pid;
    holders[slot].fd = atoi(entry->d_name);
  }
  closedir(opened);
}
/** Field of the inode in each list, counted from 0, with colons as blanks. */
static long read_list(FILE *rows, int pid, const char *name, int inode_field, int listening) {
  char path[64];
  ssize_t length = 0, more;
  long count = 0;
  snprintf(path, sizeof path, "/proc/%d/net/%s", pid, name);
  int opened = open(path, O_RDONLY);
  if (opened < 0) return 0;
  while ((more = read(opened, buffer + length, sizeof buffer - 1 - length)) > 0) length += more;
  close(opened);
  buffer[length] = 0;
  char *save_line, *line = strtok_r(buffer, "\\n", &save_line);
  while (line && (line = strtok_r(0, "\\n", &save_line))) {
    char *fields[32], *save, *field = strtok_r(line, " :", &save);
    int known = 0;
    for (; field && known < 32; field = strtok_r(0, " :", &save)) fields[known++] = field;
    if (known <= inode_field) continue;
    int is_unix = *name == 'u' && name[1] == 'n', is_packet = *name == 'p';
    if (listening && (is_unix ? known <= 7 : !is_packet && strcmp(fields[4], "0000"))) continue;
    unsigned long inode = strtoul(fields[inode_field], 0, 10);
    unsigned slot = slot_of(inode);
    fprintf(rows, "%s %d %d %lu %s %s %s %s\\n", name, holders[slot].inode ? holders[slot].pid : -1,
            holders[slot].inode ? holders[slot].fd : -1, inode, fields[1], fields[2], fields[3], fields[4]);
    count++;
  }
  return count;
}
static long scan(FILE *rows, int listening) {
  static const char *inet[] = { "icmp", "icmp6", "tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6" };
  long count = 0;
  struct dirent *entry;
  memset(holders, 0, sizeof holders);
  namespace_count = 0;
  DIR *proc = opendir("/proc");
  while ((entry = readdir(proc))) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    int pid = atoi(entry->d_name);
    note_namespace(pid);
    note_descriptors(pid);
  }
  closedir(proc);
  for (int each = 0; each < namespace_count; each++) {
    int pid = namespace_pids[each];
    for (unsigned list = 0; list < sizeof inet / sizeof *inet; list++) count += read_list(rows, pid, inet[list], 13, listening);
    count += read_list(rows, pid, "unix", 6, listening);
    count += read_list(rows, pid, "packet", 8, listening);
  }
  fflush(rows);
  return count;
}
int main(void) {
  char line[8];
  FILE *rows = fopen("/dev/null", "w");
  while (fgets(line, sizeof line, stdin)) {
    double from = now_ms();
    long count = scan(rows, 0) + scan(rows, 1);
    printf("%.4f %ld\\n", now_ms() - from, count);
    fflush(stdout);
  }
  return 0;
}
`;

const holder = spawn(
  process.execPath,
  [join(import.meta.dirname, 'held-sockets.ts'), values.sockets, values.sockets],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
try {
  await once(holder.stdout, 'data');
  tellMachine();
  const sides = [
    floorSide('fd/*, net/*, twice', floorSource),
    await workerSide(['SELECT * FROM process_open_sockets', 'SELECT * FROM listening_ports'], warmUps),
    await workerSide(
      ['SELECT count(pid) FROM process_open_sockets', 'SELECT count(pid) FROM listening_ports'],
      warmUps,
      'Leash: only counted',
    ),
    await workerSide(
      ['SELECT count(*) FROM process_open_sockets', 'SELECT count(*) FROM listening_ports'],
      warmUps,
      'Leash: lists, no holders',
    ),
    programSide('ss -anp', ['ss', '-Hanp']),
  ].filter((side) => side !== undefined);
  await compareSides(sides, Number(values.rounds), 'sockets');
  for (const side of sides) side.end();
} finally {
  holder.stdin.end();
}
