import { addedTables } from '../../schema/added-tables.ts';
import { createTable } from '../../schema/create-table.ts';
import { loadTables } from '../../schema/load-tables.ts';
import { byName, factsOf } from '../../schema/table-facts.ts';
import type { MetaCommand, ShellContext } from '../meta-command.ts';

/** Commands about tables and queries. */
export const all: MetaCommand = {
  name: 'all',
  usage: 'TABLE',
  help: 'print all of a table',
  takes: [1, 1],
  run: ([table = ''], { run, fail }) => {
    if (/^\w+$/.test(table)) return run(`SELECT * FROM ${table}`);
    return fail(`.all takes the name of a table, found '${table}'`);
  },
};

const listTables = async ([prefix = '']: readonly string[], { ask, io }: ShellContext): Promise<void> => {
  const answer = await ask("SELECT name FROM osquery_registry WHERE registry = 'table' ORDER BY name");
  for (const [name = ''] of answer?.rows ?? []) {
    if (name?.startsWith(prefix)) io.out(`  => ${name}\n`);
  }
};

const lists = (name: string, help: string, shortest: number): MetaCommand => ({
  name,
  usage: '[PREFIX]',
  help,
  takes: [0, 1],
  shortest,
  run: listTables,
});

export const list: MetaCommand = lists('list', 'the same as .tables', 1);
export const tables: MetaCommand = lists('tables', 'list tables', 2);

export const schema: MetaCommand = {
  name: 'schema',
  usage: '[PREFIX]',
  help: 'print tables as CREATE TABLE statements',
  takes: [0, 1],
  run: async ([prefix = ''], { io, answerer, fail }) => {
    const added = await addedTables(answerer);
    if (!added.ok) return fail(added.error.message);
    for (const table of byName([...(await loadTables()).map(factsOf), ...added.value])) {
      if (table.name.startsWith(prefix)) io.out(`${createTable(table)}\n`);
    }
  },
};

export const types: MetaCommand = {
  name: 'types',
  usage: 'SQL',
  help: "print the names and types of a query's columns without running it",
  takes: [1, Number.POSITIVE_INFINITY],
  run: async (_, { ask, print }, rest) => {
    const sql = rest.trim().replace(/(?:\s*;)+$/, '');
    // A text may end in a comment, which would take the bracket with it.
    const answer = await ask(`SELECT * FROM (${sql}\n) LIMIT 0`);
    if (answer !== undefined)
      print(
        ['name', 'type'],
        answer.columns.map(({ name, type }) => [name, type]),
      );
  },
};
