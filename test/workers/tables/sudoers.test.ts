import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { sudoers } from '../../../workers/tables/sudoers.ts';
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
    ['/etc/sudoers', 'includedir', '/etc/sudoers.d'],
    ['/etc/sudoers.d/a', 'a', 'ALL=ALL'],
    ['/etc/sudoers.d/b', 'b', 'ALL=ALL'],
    ['/etc/sudoers', 'include', '/etc/local'],
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
