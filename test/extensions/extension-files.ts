/** Extensions of tests as files that pass the checks, in a private place that goes with the test. */
import { chmodSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExtensionConduct } from './node/extension.ts';

const script = join(import.meta.dirname, 'node/extension.ts');

/** Writes `<directory>/<file>.ext`, which behaves so from `wait_ms` after its start on, and gives its path. */
export const writeExtension = (
  directory: string,
  file: string,
  conduct: ExtensionConduct,
  wait_ms = 0,
): string => {
  const path = join(directory, `${file}.ext`);
  const text = [
    `#!${realpathSync(process.execPath)}`,
    `globalThis.leashTest = ${JSON.stringify(conduct)};`,
    `const begin = () => import(${JSON.stringify(script)});`,
    'const failed = (error) => { console.error(error); process.exit(70); };',
    `setTimeout(() => begin().catch(failed), ${wait_ms});`,
    '',
  ].join('\n');
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
};
