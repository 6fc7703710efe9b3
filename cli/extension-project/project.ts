import type { NewEntry } from '../../platform/node/new-directory.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import { leashVersion } from '../../supervisor/version.ts';
import { programSource, readmeSource, tableSource, testSource } from './sources.ts';

/** Files of this package that become part of a project. */
export interface LibraryFiles {
  readonly bundle: string;
  readonly types: string;
}

/** So that the name is good for a file, a package and, with `_` for `-`, a table. */
const nameRule = /^[a-z](?:[a-z0-9]|[_-](?=[a-z0-9])){0,63}$/;

/**
 * What a new extension consists of. The library lies in it, so that it works on hosts without Leash, and within the
 * permissions of an empty manifest.
 */
export const extensionProject = (
  name: string,
  library: LibraryFiles,
): Result<readonly NewEntry[], Failure<'bad_name'>> => {
  if (!nameRule.test(name) || name === 'leash') {
    return fail({
      reason: 'bad_name',
      message: `'${name}' is no name for an extension. Take small letters, digits, - and _, a letter first.`,
    });
  }
  const table = name.replaceAll('-', '_');
  const file = (path: string, text: string): NewEntry => ({ kind: 'file', path, text });
  return ok([
    { kind: 'file', path: `${name}.mjs`, text: programSource(name, table), executable: true },
    { kind: 'link', path: `${name}.ext`, target: `${name}.mjs` },
    file(`${name}-table.mjs`, tableSource(table)),
    file(`${name}.test.mjs`, testSource(name, table)),
    file(`${name}.leash.json`, '{}\n'),
    file('README.md', readmeSource(name, table)),
    file('.gitignore', 'node_modules/\n'),
    file('package.json', json(packageOf(name))),
    file('leash/package.json', json(libraryPackage)),
    { kind: 'copy', path: 'leash/extension.js', from: library.bundle },
    { kind: 'copy', path: 'leash/types', from: library.types },
    // What `npm install` makes of the dependency on `file:leash`.
    { kind: 'link', path: 'node_modules/leash', target: '../leash' },
  ]);
};

const packageOf = (name: string): object => ({
  name,
  version: '0.1.0',
  private: true,
  type: 'module',
  engines: { node: '>=20' },
  scripts: { test: 'node --test' },
  dependencies: { leash: 'file:leash' },
});

const libraryPackage = {
  name: 'leash',
  version: leashVersion,
  license: 'Apache-2.0',
  private: true,
  type: 'module',
  exports: { './extension': { types: './types/extensions/index.d.ts', default: './extension.js' } },
};

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
