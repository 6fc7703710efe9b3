import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A WebAssembly: of the package for sources that run as they are, beside the bundle in an installation. */
const readWasm = (inPackage: () => string | URL, besideBundle: string): Uint8Array<ArrayBuffer> =>
  readFileSync(
    fileURLToPath(
      import.meta.url.endsWith('.ts') ? inPackage() : new URL(`./${besideBundle}`, import.meta.url),
    ),
  );

/** SQLite's WebAssembly. */
export const readSqliteWasm = (): Uint8Array<ArrayBuffer> =>
  readWasm(() => import.meta.resolve('@sqlite.org/sqlite-wasm/sqlite3.wasm'), 'sqlite3.wasm');

/** The WebAssembly of YARA-X, whose package names only its JavaScript to others. */
export const readYaraWasm = (): Uint8Array<ArrayBuffer> =>
  readWasm(() => new URL('./yara_x_js_bg.wasm', import.meta.resolve('@virustotal/yara-x')), 'yara.wasm');

/** One of ours, which stands beside the source that reads it, and beside the bundle with this source in it. */
export const readOwnWasm = (url: URL): Uint8Array<ArrayBuffer> => readFileSync(fileURLToPath(url));
