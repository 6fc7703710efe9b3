import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { sudoers } from '../../../workers/tables/sudoers.ts';
import { runsAsRoot } from '../../other-user.ts';
import { scan, tree } from './run-table.ts';

const rows = (root: string): unknown => scan(sudoers, { root }).rows.map(Object.values);

t.test('rules of included files follow the instruction', async (t) => {
  const etc = {
    sudoers: 'Defaults env_reset\n@includedir /etc/sudoers.d\n#include local\nroot ALL=(ALL) ALL\n',
    local: 'alice ALL=ALL\n',
    'sudoers.d': { b: 'b ALL=ALL\n', a: 'a ALL=ALL\n', 'c.bak': 'no ALL\n', 'd~': 'no ALL\n', sub: {} },
  };
  t.strictSame(rows(tree(t, { etc })), [
    ['/etc/sudoers', 'Defaults', 'env_reset'],
    ['/etc/sudoers', '@includedir', '/etc/sudoers.d'],
    ['/etc/sudoers.d/a', 'a', 'ALL=ALL'],
    ['/etc/sudoers.d/b', 'b', 'ALL=ALL'],
    ['/etc/sudoers', '#include', 'local'],
    ['/etc/local', 'alice', 'ALL=ALL'],
    ['/etc/sudoers', 'root', 'ALL=(ALL) ALL'],
  ]);
});

t.test('files that include themselves, each other or nothing end', async (t) => {
  const twice =
    '@include /etc/b\n@include /etc/b\n@include /etc/sudoers\n@include /etc/missing\n@include /etc/loop\nx ALL=ALL\n';
  const root = tree(t, { etc: { sudoers: twice, b: twice } });
  symlinkSync('loop', join(root, 'etc/loop'));
  const shown = scan(sudoers, { root }).rows;
  t.equal(shown.length, 12, 'each file once');
  t.strictSame(scan(sudoers).rows, []);
});

t.test('nesting ends after 128 files', async (t) => {
  const chain = Array.from({ length: 200 }, (_, index) => [`f${index}`, `@include /etc/f${index + 1}\n`]);
  const root = tree(t, { etc: { sudoers: '@include /etc/f0\n', ...Object.fromEntries(chain) } });
  t.equal(scan(sudoers, { root }).rows.length, 128);
});

t.test('a path with the name of the host', async (t) => {
  const root = tree(t, {
    etc: {
      sudoers: '@include sudoers.%h\n',
      'sudoers.web1': 'web ALL=ALL\n',
      'sudoers.': 'nameless ALL=ALL\n',
    },
    proc: { sys: { kernel: { hostname: 'web1.example.org\n' } } },
  });
  t.strictSame(rows(root), [
    ['/etc/sudoers', '@include', 'sudoers.%h'],
    ['/etc/sudoers.web1', 'web', 'ALL=ALL'],
  ]);
});

/** First users of the rules of a file as cvtsudoers(1) reads them, with those that it includes; undefined without it. */
const theirUsers = (path: string): readonly string[] | undefined => {
  const { status, stdout } = spawnSync('cvtsudoers', ['-f', 'json', path], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  if (stdout === '') return [];
  const { User_Specs = [] } = JSON.parse(stdout) as {
    readonly User_Specs?: readonly {
      readonly User_List: readonly Readonly<Record<string, string | number>>[];
    }[];
  };
  return User_Specs.map(({ User_List: [first = {}] }) =>
    Object.entries(first).map(asWritten).join(''),
  ).toSorted();
};

const asWritten = ([kind, name]: readonly [string, string | number]): string =>
  ({ userid: `#${name}`, usergroup: `%${name}` })[kind] ?? String(name);

const ourUsers = (root: string): readonly string[] =>
  scan(sudoers, { root })
    .rows.map(({ header }) => String(header).replace(/,.*/, ''))
    .filter((header) => !/^(Defaults|[#@]include|\w+_Alias$)/.test(header))
    .toSorted();

t.test(
  'the rules that cvtsudoers(1) finds',
  { skip: theirUsers('/dev/null') === undefined && 'needs cvtsudoers (sudo)' },
  async (t) => {
    const content = [
      '# note \\',
      'hidden ALL=(ALL) NOPASSWD: ALL',
      'root ALL=(ALL:ALL) ALL # tail \\',
      'bob ALL=ALL',
      'Defaults badpass_message="# no \\',
      '  comment"',
      'carl ALL=ALL, \\',
      '  !/bin/sh \\',
      '',
      '#1000 ALL=(#0) \\',
      '  ALL',
      '%wheel\tALL=ALL',
      '@include local # the rest is a comment',
      '@include "with blank"#',
      '#include with\\ blank2',
      '@include \\',
      '  next',
      '@include host-%h',
      // sudo reads no directory that is not root's.
      ...(runsAsRoot ? ['@includedir parts'] : []),
    ];
    const root = tree(t, {
      etc: {
        sudoers: `${content.join('\n')}\n`,
        local: 'local ALL=ALL\n',
        'with blank': 'blank ALL=ALL\n',
        'with blank2': 'blank2 ALL=ALL\n',
        next: 'next ALL=ALL\n',
        [`host-${hostname().split('.')[0]}`]: 'ours ALL=ALL\n',
        parts: { a: 'a ALL=ALL\n', 'b.bak': 'b ALL=ALL\n', '.c': 'c ALL=ALL\n', 'd~': 'd ALL=ALL\n' },
      },
      proc: { sys: { kernel: { hostname: hostname() } } },
    });
    t.strictSame(ourUsers(root), theirUsers(join(root, 'etc/sudoers')));
    const ofHost = theirUsers('/etc/sudoers');
    if (ofHost !== undefined) t.strictSame(ourUsers('/'), ofHost);
  },
);
