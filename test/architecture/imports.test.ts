import { globSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createVirtualFileSystem } from 'typescript/unstable/fs';
import { type Violation, violationsOf } from './judge-source.ts';
import { globalRules, groupRules, moduleRules, pureFolders } from './rules.ts';
import { readSourceTree } from './source-tree.ts';

const root = join(import.meta.dirname, '../..');

const shown = ({ file, line, uses, reason }: Violation): string =>
  `${file}:${line} uses ${uses}, but ${reason}`;

/** What the rules say of a tree that exists only here: the text of each file by its path. */
const violationsIn = (files: ReadonlyMap<string, string>): readonly Violation[] => {
  const tree = [...files].map(([path, text]) => [`/tree/${path}`, text] as const);
  const config = [
    '/tree/tsconfig.json',
    '{"include": ["**/*.ts"], "compilerOptions": {"types": []}}',
  ] as const;
  const sources = readSourceTree('/tree', createVirtualFileSystem(Object.fromEntries([config, ...tree])));
  if (sources.length !== tree.length) throw new Error(`${sources.length} of ${tree.length} files were read`);
  return sources.flatMap(violationsOf);
};

/** A file that a path of the rules stands for. */
const fileIn = (path: string, name: string): string => (path.endsWith('.ts') ? path : `${path}/${name}.ts`);
const up = (file: string): string => '../'.repeat(file.split('/').length - 1);
const told = (found: readonly Violation[]): readonly string[] => found.map(shown).toSorted();

t.test('every file of the tree keeps to the rules', async (t) => {
  const sources = readSourceTree(root);
  const onDisk = globSync('**/*.ts', { cwd: root, exclude: ['node_modules', 'dist', '.tap'] });
  t.strictSame(sources.map(({ file }) => file).toSorted(), onDisk.toSorted(), 'no file is left out');
  t.strictSame(told(sources.flatMap(violationsOf)), []);
});

t.test('an arrow that is not drawn is refused with its reason, and one that is drawn is not', async (t) => {
  const files = new Map(groupRules.flatMap(({ paths }) => paths.map((path) => [fileIn(path, 'target'), ''])));
  const expected: string[] = [];
  groupRules.forEach((from, at) => {
    const importer = fileIn(from.paths[0] ?? '', `importer-${at}`);
    const targets = groupRules.flatMap(({ group, paths }) =>
      paths.map((path) => ({ group, file: fileIn(path, 'target') })),
    );
    files.set(importer, targets.map(({ file }) => `import '${up(importer)}${file}';`).join('\n'));
    targets.forEach(({ group, file }, index) => {
      if (group === from.group || from.mayImport.includes(group)) return;
      expected.push(`${importer}:${index + 1} uses ${file}, but ${from.reason}`);
    });
  });
  t.ok(expected.length > groupRules.length);
  t.strictSame(told(violationsIn(files)), expected.toSorted());
});

t.test('the arrows that matter most are not drawn', async (t) => {
  const never = [
    ['supervisor', 'workers'],
    ['workers', 'supervisor'],
    ['workers', 'actors'],
    ['policies', 'ports'],
    ['protocol', 'ports'],
    ['ports', 'adapters'],
    ['actors', 'adapters'],
    ['actors', 'supervisor'],
    ['supervisor', 'adapters'],
    ['real host', 'workers'],
    ['extensions', 'supervisor'],
  ] as const;
  for (const [from, to] of never) {
    const rule = groupRules.find(({ group }) => group === from);
    t.ok(rule !== undefined && groupRules.some(({ group }) => group === to), `${from} and ${to} exist`);
    t.notOk(rule?.mayImport.includes(to), `${from} → ${to}`);
  }
  const cli = groupRules.filter(({ mayImport }) => mayImport.includes('cli')).map(({ group }) => group);
  t.strictSame(
    cli,
    ['cli', 'benchmarks', 'reference generator', 'tests'],
    'no other part of the product imports a command',
  );
});

t.test('no way of naming a module is overlooked, and only those are seen', async (t) => {
  const target = '../supervisor/daemon.ts';
  const forms = [
    `import '${target}';`,
    `import { start } from '${target}';`,
    `import * as all from "${target}";`,
    `import type { Daemon } from '${target}';`,
    `import { type Daemon } from '${target}';`,
    `export * from '${target}';`,
    `export { start } from '${target}';`,
    `export type { Daemon } from '${target}';`,
    `const later = () => import('${target}');`,
    `const later = () => import(\`${target}\`);`,
    `type Daemon = import('${target}').Daemon;`,
    `type All = typeof import('${target}');`,
    `import old = require('${target}');`,
    `declare module '${target}' {}`,
  ];
  const innocent = [
    `// import '${target}';`,
    `/* import('${target}') */`,
    `const text = "import '${target}'";`,
    `const template = \`import('${target}') \${1}\`;`,
    `const pattern = /import '..\\/supervisor\\/daemon.ts'/;`,
    `const reads = { import: (path: string) => path }.import('${target}');`,
  ];
  const files = new Map([['supervisor/daemon.ts', 'export {};']]);
  [...forms, ...innocent].forEach((form, at) => {
    files.set(`workers/form-${at}.ts`, form);
  });
  const seen = violationsIn(files).map(({ file, uses }) => [file, uses]);
  t.strictSame(
    seen.toSorted(),
    forms.map((_form, at) => [`workers/form-${at}.ts`, 'supervisor/daemon.ts']).toSorted(),
  );
  const hidden = violationsIn(new Map([['workers/computed.ts', `const at = ''; void import(at + '.ts');`]]));
  t.strictSame(
    hidden.map(({ uses }) => uses),
    ['(computed)'],
  );
});

t.test('each dangerous module has its doors and no other', async (t) => {
  const files = new Map<string, string>();
  const expected: string[] = [];
  moduleRules
    .filter(({ names }) => !names.includes('(computed)'))
    .forEach(({ names, only, reason }, at) => {
      const text = names.map((name) => `import type {} from '${name}';`).join('\n');
      for (const path of only) files.set(fileIn(path, `door-${at}`), text);
      const elsewhere = `workers/tables/table-${at}.ts`;
      files.set(elsewhere, text);
      names.forEach((name, index) => {
        expected.push(`${elsewhere}:${index + 1} uses ${name}, but ${reason}`);
      });
    });
  files.set('cli/bare.ts', "import fs from 'fs';");
  const found = violationsIn(files);
  t.strictSame(told(found.filter(({ file }) => file !== 'cli/bare.ts')), expected.toSorted());
  t.match(
    found.filter(({ file }) => file === 'cli/bare.ts'),
    [{ uses: 'node:fs' }],
  );
});

t.test('each global ability has its doors and no other', async (t) => {
  const files = new Map<string, string>();
  const expected: string[] = [];
  globalRules.forEach(({ names, only, reason }, at) => {
    const text = names.map((name) => (name.endsWith(')') ? `${name};` : `void ${name};`)).join('\n');
    for (const path of only) files.set(fileIn(path, `door-${at}`), text);
    files.set(`cli/command-${at}.ts`, text);
    names.forEach((name, index) => {
      expected.push(`cli/command-${at}.ts:${index + 1} uses ${name}, but ${reason}`);
    });
  });
  t.strictSame(told(violationsIn(files)), expected.toSorted());

  const disguised = [
    ['globalThis.Date.now()', 'Date.now'],
    ['globalThis.setTimeout(() => {}, 1)', 'setTimeout'],
    ['const { now } = Date', 'Date'],
    ['const wait = { setTimeout }', 'setTimeout'],
    ['process.hrtime.bigint()', 'process.hrtime'],
    ['new globalThis.Date()', 'new Date()'],
    ['Date()', 'Date'],
  ] as const;
  const innocent = [
    'const at = new Date(0)',
    'const noon = Date.UTC(2000, 1, 1, 12)',
    'const shift = (when: Date): number => when.getTime()',
    'const performance = new Map([[1, 2]]); performance.get(1)',
    'class Timers { setTimeout(): void {} } new Timers().setTimeout()',
    '// Date.now()',
  ];
  const written = [...disguised.map(([text]) => text), ...innocent];
  const seen = violationsIn(new Map(written.map((text, at) => [`actors/disguise-${at}.ts`, text])));
  t.strictSame(
    seen.map(({ file, uses }) => [file, uses]).toSorted(),
    disguised.map(([, uses], at) => [`actors/disguise-${at}.ts`, uses]).toSorted(),
  );
});

t.test('a pure folder names no module, no package and nothing of the process', async (t) => {
  const impure = ["import { sep } from 'node:path';", "import 'zod';", 'process.env.HOME;', 'void process;'];
  const { paths, reason } = pureFolders;
  const files = new Map(paths.map((path) => [`${path}/decide.ts`, impure.join('\n')]));
  const used = ['node:path', 'zod', 'process.env', 'process'];
  const expected = paths.flatMap((path) =>
    used.map((name, index) => `${path}/decide.ts:${index + 1} uses ${name}, but ${reason}`),
  );
  t.strictSame(told(violationsIn(files)), expected.toSorted());
});

t.test('a folder that no rule knows is refused', async (t) => {
  const found = violationsIn(
    new Map([
      ['shortcuts/all.ts', "import '../protocol/a.ts';"],
      ['protocol/a.ts', ''],
    ]),
  );
  t.match(found, [{ file: 'shortcuts/all.ts', uses: 'protocol/a.ts' }]);
});
