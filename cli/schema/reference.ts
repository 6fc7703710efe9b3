import { columnWords, notesOf, type TableFacts } from './table-facts.ts';

/** What every page of the reference begins with. */
const generated = '<!-- Written by scripts/generate-table-docs.ts from the tables themselves. -->';

/** The pages of the reference by file name: an index, one page a table, and where each column name occurs. */
export const referencePages = (tables: readonly TableFacts[]): ReadonlyMap<string, string> =>
  new Map([
    ['README.md', indexPage(tables)],
    ['columns.md', columnsPage(tables)],
    ...tables.map((table) => [`${table.name}.md`, tablePage(table)] as const),
  ]);

const page = (...lines: readonly string[]): string => `${[generated, '', ...lines].join('\n')}\n`;

const link = (name: string): string => `[${name}](${name}.md)`;

/** Bars would end the cell of a Markdown table. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

const indexPage = (tables: readonly TableFacts[]): string =>
  page(
    '# Tables',
    '',
    `${tables.length} tables, as \`leash schema\` lists them. [columns.md](columns.md) tells which tables have a column of a name.`,
    '',
    '| table | a row is |',
    '|---|---|',
    ...tables.map((table) => `| ${link(table.name)} | ${cell(table.description)} |`),
  );

const tablePage = (table: TableFacts): string => {
  const notes = notesOf(table);
  return page(
    `# ${table.name}`,
    '',
    table.description,
    '',
    ...(notes.length > 0 ? [...notes.map((note) => `- ${note}`), ''] : []),
    ...(table.name.startsWith('leash_')
      ? [`[TABLES.md](../TABLES.md#${table.name}) tells what the columns mean.`, '']
      : []),
    '```sql',
    table.example,
    '```',
    '',
    '| column | type | |',
    '|---|---|---|',
    ...table.columns.map(
      (column) => `| \`${column.name}\` | ${column.type} | ${columnWords(column).join(', ')} |`,
    ),
  );
};

const columnsPage = (tables: readonly TableFacts[]): string => {
  const owners = new Map<string, string[]>();
  for (const table of tables) {
    for (const { name } of table.columns) owners.set(name, [...(owners.get(name) ?? []), table.name]);
  }
  const names = [...owners.keys()].toSorted();
  return page(
    '# Columns',
    '',
    'Which tables have a column of this name: where a query can join them.',
    '',
    '| column | tables |',
    '|---|---|',
    ...names.map((name) => `| \`${name}\` | ${(owners.get(name) ?? []).map(link).join(', ')} |`),
  );
};
