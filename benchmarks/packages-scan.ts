/**
 * What does a scan of `deb_packages` cost? Nine fields of every package of this host in a warm worker, beside dpkg-query
 * with the same fields and beside the floor: a C program that reads the database and takes the same fields out of it.
 * As many rows of constants tell what of it is the way of rows out of a worker.
 *
 *   node benchmarks/packages-scan.ts [--rounds 9]
 */
import { parseArgs } from 'node:util';
import { compareSides, floorSide, programSide, tellMachine, workerSide } from './compare-sides.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const warmUps = 100;
const sql =
  'SELECT name, version, source, size, arch, status, maintainer, section, priority FROM deb_packages';
const fields = [
  'Package',
  'Version',
  'Source',
  'Installed-Size',
  'Architecture',
  'Status',
  'Maintainer',
  'Section',
  'Priority',
];

const floorSource = `
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static char buffer[64 << 20];
static const char *names[] = { ${fields.map((field) => `"${field}: "`).join(', ')} };
enum { count_of_names = sizeof names / sizeof *names };
static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}
static long scan(FILE *rows) {
  int opened = open("/var/lib/dpkg/status", O_RDONLY);
  ssize_t length = 0, more;
  while ((more = read(opened, buffer + length, sizeof buffer - 1 - length)) > 0) length += more;
  close(opened);
  buffer[length] = 0;
  long packages = 0;
  char *found[count_of_names] = { 0 };
  for (char *line = buffer; line < buffer + length;) {
    char *end = memchr(line, '\\n', buffer + length - line);
    if (!end) end = buffer + length;
    *end = 0;
    if (end == line) {
      if (found[0]) {
        for (int name = 0; name < count_of_names; name++) fprintf(rows, "%s\\t", found[name] ? found[name] : "");
        fputc('\\n', rows);
        packages++;
      }
      memset(found, 0, sizeof found);
    } else if (*line != ' ') {
      for (int name = 0; name < count_of_names; name++) {
        size_t size = strlen(names[name]);
        if (!strncmp(line, names[name], size)) { found[name] = line + size; break; }
      }
    }
    line = end + 1;
  }
  fflush(rows);
  return packages;
}
int main(void) {
  char line[8];
  FILE *rows = fopen("/dev/null", "w");
  while (fgets(line, sizeof line, stdin)) {
    double from = now_ms();
    long count = scan(rows);
    printf("%.4f %ld\\n", now_ms() - from, count);
    fflush(stdout);
  }
  return 0;
}
`;

tellMachine();
const format = `${fields.map((field) => `\${${field}}`).join('\\t')}\\n`;
const scanned = await workerSide([sql], warmUps);
const { count } = await scanned.scan();
const constants = `WITH RECURSIVE counted(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted LIMIT ${count})
  SELECT 'libexample2', '1:2.36-9+deb12u1', 'example', 1024, 'amd64', 'install ok installed',
    'Example Maintainers <example@example.org>', 'libs', 'optional' FROM counted`;
const sides = [
  floorSide('/var/lib/dpkg/status', floorSource),
  scanned,
  await workerSide([constants], warmUps, 'Leash: constants, no table'),
  programSide('dpkg-query -W', ['dpkg-query', '-W', '-f', format]),
].filter((side) => side !== undefined);
await compareSides(sides, Number(values.rounds), 'packages');
for (const side of sides) side.end();
