/**
 * What do digests cost? SHA-256 of every file below /etc in a warm worker, beside find with sha256sum and beside the
 * floor: a C program that walks the same directories and gives each file to libcrypto, as Node does.
 *
 *   node benchmarks/files-hash.ts [--rounds 9]
 */
import { parseArgs } from 'node:util';
import { compareSides, floorSide, programSide, tellMachine, workerSide } from './compare-sides.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const warmUps = 30;
// As in glob(7), % is no dot that begins a name; below what it matches every name counts.
const sql = "SELECT path, sha256 FROM hash WHERE path LIKE '/etc/%%'";
// Links are followed on all sides. A file beyond read_max has no digest in the table, so no side reads one: of 140 MB that
// the links of /etc led to on one host, 99 were a single program.
const readMax_bytes = 50 * 2 ** 20;
const find = `find -L /etc -mindepth 1 -path '/etc/.*' -prune -o -type f -size -${readMax_bytes / 512 + 1}b -exec sha256sum {} +`;

const floorSource = `
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
// SHA256() would look for its algorithm anew for each file.
int SHA256_Init(void *context);
int SHA256_Update(void *context, const void *data, size_t length);
int SHA256_Final(unsigned char *digest, void *context);
static unsigned char buffer[1 << 16];
/** Larger than any SHA256_CTX. */
static long context[64], count;
static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}
static void digest_file(FILE *rows, const char *path) {
  unsigned char digest[32];
  ssize_t length;
  int opened = open(path, O_RDONLY);
  if (opened < 0) return;
  SHA256_Init(context);
  while ((length = read(opened, buffer, sizeof buffer)) > 0) SHA256_Update(context, buffer, length);
  close(opened);
  SHA256_Final(digest, context);
  for (int byte = 0; byte < 32; byte++) fprintf(rows, "%02x", digest[byte]);
  fprintf(rows, "  %s\\n", path);
  count++;
}
static void walk(FILE *rows, const char *directory) {
  char path[4096];
  struct dirent *entry;
  struct stat told;
  DIR *opened = opendir(directory);
  if (!opened) return;
  while ((entry = readdir(opened))) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    if (entry->d_name[0] == '.' && !strcmp(directory, "/etc")) continue;
    snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
    // Links are followed, as the table does. Where they lead round in a circle, the kernel ends it.
    if (stat(path, &told)) continue;
    if (S_ISDIR(told.st_mode)) walk(rows, path);
    else if (S_ISREG(told.st_mode) && told.st_size <= ${readMax_bytes}) digest_file(rows, path);
  }
  closedir(opened);
}
int main(void) {
  char line[8];
  FILE *rows = fopen("/dev/null", "w");
  while (fgets(line, sizeof line, stdin)) {
    double from = now_ms();
    count = 0;
    walk(rows, "/etc");
    fflush(rows);
    printf("%.4f %ld\\n", now_ms() - from, count);
    fflush(stdout);
  }
  return 0;
}
`;

tellMachine();
const sides = [
  floorSide('read, SHA256', floorSource, ['-l:libcrypto.so.3']),
  await workerSide([sql], warmUps),
  programSide('find, sha256sum', ['sh', '-c', find]),
].filter((side) => side !== undefined);
await compareSides(sides, Number(values.rounds), 'files');
for (const side of sides) side.end();
