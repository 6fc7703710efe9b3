import { spawnSync } from 'node:child_process';
import t from 'tap';
import { aptSources } from '../../../workers/tables/apt_sources.ts';
import { kernelKeys } from '../../../workers/tables/kernel_keys.ts';
import { memoryMap } from '../../../workers/tables/memory_map.ts';
import { scan } from './run-table.ts';

/** Output of a program, or undefined where it is missing or fails. */
const output = (program: string, ...args: string[]): string | undefined => {
  const run = spawnSync(program, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC0' },
  });
  return run.status === 0 ? run.stdout : undefined;
};

const targets = output(
  'apt-get',
  'indextargets',
  '--format',
  '$(SITE)|$(CODENAME)|$(VERSION)|$(ORIGIN)',
  'Created-By: Packages',
);
const noTargets = (targets ?? '').trim() === '' && 'needs apt with lists that were fetched';
t.test('apt_sources agrees with apt-get indextargets', { skip: noTargets }, async (t) => {
  const { rows } = scan(aptSources, { root: '/' });
  const shown = rows.map(({ base_uri, release, version, maintainer }) =>
    [base_uri, release, version ?? '', maintainer].join('|'),
  );
  t.strictSame(new Set(shown), new Set((targets ?? '').trim().split('\n')));
});

/** Splits lines at white space, which is another way than that of our parser. */
const python = (path: string, script: string): readonly string[] | undefined =>
  output('python3', '-c', `for line in open('${path}'):\n  ${script}`)?.trim().split('\n');

const ranges = python(
  '/proc/iomem',
  "a, name = line.split(' : ', 1); print(*a.strip().split('-'), name.strip())",
);
t.test('memory_map agrees with python3', { skip: ranges === undefined && 'needs python3' }, async (t) => {
  t.strictSame(
    scan(memoryMap, { root: '/' }).rows.map(({ start, end, name }) => `${start} ${end} ${name}`),
    ranges?.map((line) => line.replace(/^(\w+) (\w+)/, '0x$1 0x$2')),
  );
});

const keysNow = (): readonly string[] | undefined =>
  python('/proc/keys', 'f = line.split(); print(f[0], f[1], f[4], f[5], f[6], f[7])');
const keys = keysNow();
t.test('kernel_keys agrees with python3', { skip: keys === undefined && 'needs python3' }, async (t) => {
  // Keys come and go with logins: what both readings of python3 have is there.
  const shown = new Set(
    scan(kernelKeys, { root: '/' }).rows.map((row) =>
      [row.serial_number, row.flags, row.permissions, row.uid, row.gid, row.type].join(' '),
    ),
  );
  const after = new Set(keysNow());
  for (const key of (keys ?? []).filter((each) => each !== '' && after.has(each))) t.ok(shown.has(key), key);
  t.pass('compared');
});
