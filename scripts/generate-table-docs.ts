/** Writes docs/tables/ anew from the tables themselves; pages of tables that are gone go, too. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadTables } from '../cli/schema/load-tables.ts';
import { referencePages } from '../cli/schema/reference.ts';
import { factsOf } from '../cli/schema/table-facts.ts';

const folder = join(import.meta.dirname, '../docs/tables');
const pages = referencePages((await loadTables()).map(factsOf));
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(join(folder, name));
for (const [name, text] of pages) writeFileSync(join(folder, name), text);
process.stdout.write(`${pages.size} pages in docs/tables\n`);
