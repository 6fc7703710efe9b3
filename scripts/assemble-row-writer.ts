/**
 * Makes workers/engine/row-writer.wasm of its text. The binary is kept in the tree, so that neither a build nor a start needs
 * an assembler; a test compares it with the text.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble } from './assemble.ts';

const folder = join(import.meta.dirname, '../workers/engine');
const bytes = await assemble(readFileSync(join(folder, 'row-writer.wat'), 'utf8'));
writeFileSync(join(folder, 'row-writer.wasm'), bytes);
process.stdout.write(`row-writer.wasm: ${bytes.length} bytes\n`);
