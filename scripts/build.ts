/**
 * Bundles each kind of process into one file of dist/, and the library for authors of extensions: a bundle starts several times faster than its sources, and
 * what is not in it cannot be loaded by a process that may do more. Warnings are errors.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuildFailure, type BuildOptions, build, formatMessages } from 'esbuild';
import { bundleOptions, root, wasmFiles } from './bundles.ts';

const dist = join(root, 'dist');

/** Bundle name → entry. An entry whose file does not exist yet is an error, like every other. */
const entries: Readonly<Record<string, string>> = {
  leash: 'cli/leash.ts',
  leashd: 'cli/leashd.ts',
  leashi: 'cli/leashi.ts',
  'ledger-thread': 'supervisor/ledger/ledger-thread.ts',
  worker: 'workers/main.ts',
};

/** What runs outside of Leash's own processes: the library of authors, and the extension that comes with it. */
const extensionEntries = {
  extension: 'extensions/index.ts',
  hostinfo: 'extensions/hostinfo/hostinfo.ts',
};

/** One identity for all bundles of a build: supervisor and worker refuse each other when it differs. */
const buildIdOf = (sources: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(join(root, source)));
  return hash.digest('hex').slice(0, 16);
};

const sourcesIn = (folder: string): readonly string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(folder, name))
        .sort()
    : [];

const sources = ['protocol', 'platform', 'actors', 'policies', 'supervisor', 'workers', 'extensions', 'cli'];
const buildId = buildIdOf([...sources.flatMap(sourcesIn), wasmFiles['row-writer.wasm'], 'package-lock.json']);

const define = { LEASH_BUILD_ID: JSON.stringify(buildId) };
const builds: readonly BuildOptions[] = [
  { ...bundleOptions(entries, dist), define },
  // Run by whatever Node is on the machine of an author of extensions: the oldest that is still kept, and newer.
  { ...bundleOptions(extensionEntries, dist), define, target: 'node20' },
];

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const built = await Promise.all(builds.map(buildOrReport));
const errors = built.flatMap((result) => result.errors);
const warnings = built.flatMap((result) => result.warnings);
declareTypes();
for (const [name, from] of Object.entries(wasmFiles)) copyFileSync(join(root, from), join(dist, name));
// What a daemon loads is called .ext; Node takes its module system from the name behind the link.
if (existsSync(join(dist, 'hostinfo.js'))) {
  chmodSync(join(dist, 'hostinfo.js'), 0o755);
  symlinkSync('hostinfo.js', join(dist, 'hostinfo.ext'));
}

for (const text of await formatMessages([...errors], { kind: 'error' })) process.stderr.write(text);
for (const text of await formatMessages([...warnings], { kind: 'warning' })) process.stderr.write(text);
for (const name of readdirSync(dist).sort()) {
  const stat = lstatSync(join(dist, name));
  if (!stat.isFile()) continue;
  const size_kb = Math.round(stat.size / 1024);
  process.stdout.write(`dist/${name} ${size_kb} KiB\n`);
}
process.stdout.write(`build ${buildId}\n`);
if (errors.length + warnings.length > 0) process.exitCode = 1;

function buildOrReport(wanted: BuildOptions): Promise<Pick<BuildFailure, 'errors' | 'warnings'>> {
  return build(wanted).catch((failure: unknown) => {
    if (isBuildFailure(failure)) return failure;
    throw failure;
  });
}

/** The types of `leash/extension`: declarations of what its index leads to. */
function declareTypes(): void {
  const types = join(dist, 'types');
  const from = [join(root, 'node_modules/.bin/tsc'), '--ignoreConfig', extensionEntries.extension];
  const flags = [
    '--emitDeclarationOnly',
    '--declaration',
    '--isolatedDeclarations',
    '--noCheck',
    '--skipLibCheck',
  ];
  const meaning = [
    '--target',
    'es2025',
    '--module',
    'nodenext',
    '--types',
    'node',
    '--allowImportingTsExtensions',
  ];
  const all = join(dist, 'all-types');
  const place = ['--rootDir', root, '--outDir', all];
  execFileSync(process.execPath, [...from, ...flags, ...meaning, ...place], { cwd: root, stdio: 'inherit' });
  const taken = new Set<string>();
  const take = (name: string): void => {
    if (taken.has(name)) return;
    taken.add(name);
    const text = readFileSync(join(all, name), 'utf8');
    mkdirSync(dirname(join(types, name)), { recursive: true });
    writeFileSync(join(types, name), text);
    for (const [, path = ''] of text.matchAll(/from '(\..*?)\.ts'/g))
      take(`${join(dirname(name), path)}.d.ts`);
  };
  take('extensions/index.d.ts');
  rmSync(all, { recursive: true });
}

function isBuildFailure(failure: unknown): failure is BuildFailure {
  return failure instanceof Error && 'errors' in failure && 'warnings' in failure;
}
