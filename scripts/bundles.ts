/** How sources become bundles: for dist/ (`build.ts`), and for the workers of the tests (`run-tests.ts`). */
import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { modernBuffers } from './modern-buffers.ts';

export const root: string = join(import.meta.dirname, '..');

/** Stay in node_modules: native code, and libraries that start files of their own. */
const external = ['better-sqlite3', 'piscina', 'pino', 'systeminformation', 'pidusage'];

/** What a bundle reads from beside it, by the name that it has there. */
export const wasmFiles = {
  'sqlite3.wasm': 'node_modules/@sqlite.org/sqlite-wasm/dist/sqlite3.wasm',
  'yara.wasm': 'node_modules/@virustotal/yara-x/pkg/yara_x_js_bg.wasm',
  'row-writer.wasm': 'workers/engine/row-writer.wasm',
};

/**
 * An ES import of a builtin reads every export of it at once, and some of `node:fs` load half of Node: 10 ms and more
 * a process. Asked for as an object, a builtin loads what is used.
 */
const builtinsAsObjects: Plugin = {
  name: 'builtins-as-objects',
  setup: (build) => {
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: slowToLoad.has(path) ? loadedAtFirstUse(path) : `module.exports = ${builtin(path)};`,
    }));
  },
};

/** What takes milliseconds to load, and is no use to most runs of a worker. */
const slowToLoad: ReadonlySet<string> = new Set(['node:crypto', 'node:zlib']);

const builtin = (path: string): string => `process.getBuiltinModule(${JSON.stringify(path)})`;

/** The members that it has in the Node that bundles; one that another Node lacks is undefined there, as ever. */
const loadedAtFirstUse = (path: string): string => `
  let loaded;
  for (const name of ${JSON.stringify(Object.keys(process.getBuiltinModule(path) ?? {}))})
    Object.defineProperty(exports, name, { enumerable: true, get: () => (loaded ??= ${builtin(path)})[name] });
`;

/** `entries`: bundle name → entry. Without a build id the bundles are those of a development build. */
export const bundleOptions = (entries: Readonly<Record<string, string>>, outdir: string): BuildOptions => ({
  absWorkingDir: root,
  entryPoints: Object.entries(entries).map(([out, entry]) => ({ in: entry, out })),
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node26',
  format: 'esm',
  // Bundled CommonJS asks for `require`, which an ES module does not have.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module';const require = makeRequire(import.meta.url);",
  },
  external: [...external],
  plugins: [builtinsAsObjects, modernBuffers],
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'silent',
});
