/**
 * Bundles each kind of process into one file of dist/: a bundle starts several times faster than its sources, and
 * what is not in it cannot be loaded by a process that may do more. Warnings are errors.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildFailure, type BuildOptions, build, formatMessages, type Plugin } from 'esbuild';
import { modernBuffers } from './modern-buffers.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** Bundle name → entry. An entry whose file does not exist yet is an error, like every other. */
const entries: Readonly<Record<string, string>> = {
  leash: 'cli/leash.ts',
  leashd: 'cli/leashd.ts',
  leashi: 'cli/leashi.ts',
  'ledger-thread': 'supervisor/ledger/ledger-thread.ts',
  worker: 'workers/main.ts',
};

/** Stay in node_modules: native code, and libraries that start files of their own. */
const external = ['better-sqlite3', 'piscina', 'pino', 'systeminformation', 'pidusage'];

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
const buildId = buildIdOf([...sources.flatMap(sourcesIn), 'package-lock.json']);

/**
 * An ES import of a builtin reads every export of it at once, and some of `node:fs` load half of Node: 10 ms and more
 * a process. Asked for as an object, a builtin loads what is used.
 */
const builtinsAsObjects: Plugin = {
  name: 'builtins-as-objects',
  setup: (build) => {
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

const options: BuildOptions = {
  absWorkingDir: root,
  entryPoints: Object.entries(entries).map(([out, entry]) => ({ in: entry, out })),
  outdir: dist,
  bundle: true,
  platform: 'node',
  target: 'node26',
  format: 'esm',
  // Bundled CommonJS asks for `require`, which an ES module does not have.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module';const require = makeRequire(import.meta.url);",
  },
  define: { LEASH_BUILD_ID: JSON.stringify(buildId) },
  external: [...external],
  plugins: [builtinsAsObjects, modernBuffers],
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'silent',
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const { errors, warnings } = await build(options).catch((failure: unknown) => {
  if (isBuildFailure(failure)) return failure;
  throw failure;
});
// SQLite's WebAssembly is read from beside the bundle.
copyFileSync(
  join(root, 'node_modules/@sqlite.org/sqlite-wasm/dist/sqlite3.wasm'),
  join(dist, 'sqlite3.wasm'),
);

for (const text of await formatMessages([...errors], { kind: 'error' })) process.stderr.write(text);
for (const text of await formatMessages([...warnings], { kind: 'warning' })) process.stderr.write(text);
for (const name of readdirSync(dist).sort()) {
  const size_kb = Math.round(statSync(join(dist, name)).size / 1024);
  process.stdout.write(`dist/${name} ${size_kb} KiB\n`);
}
process.stdout.write(`build ${buildId}\n`);
if (errors.length + warnings.length > 0) process.exitCode = 1;

function isBuildFailure(failure: unknown): failure is BuildFailure {
  return failure instanceof Error && 'errors' in failure && 'warnings' in failure;
}
