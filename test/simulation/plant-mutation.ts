import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mutation } from './mutations.ts';

const root = join(import.meta.dirname, '../..');
/** What the simulation is made of. */
const parts = ['actors', 'platform', 'policies', 'protocol', 'supervisor', 'test/simulation', 'package.json'];

/** A copy of the tree with one fault in it. */
export interface Planted {
  readonly directory: string;
  remove(): void;
}

/** Copies what the simulation needs and plants the fault there. Throws when its place is not found, or not one. */
export const plant = ({ name, file, find, replace }: Mutation): Planted => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-mutant-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    for (const part of parts) cpSync(join(root, part), join(directory, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
    const path = join(directory, file);
    const pieces = readFileSync(path, 'utf8').split(find);
    if (pieces.length !== 2)
      throw new Error(
        `The mutation '${name}' has ${pieces.length - 1} places in ${file}; it needs one: ${find}`,
      );
    writeFileSync(path, pieces.join(replace));
    return { directory, remove };
  } catch (error) {
    remove();
    throw error;
  }
};
