/** Text of the files that a new extension begins with. `table` is the name of its table. */

/** The program itself: what the daemon starts. */
export const programSource = (name: string, table: string): string => `#!/usr/bin/env node
// @ts-check
import { serve } from 'leash/extension';
import { ${table} } from './${name}-table.mjs';

await serve({ name: '${name}', version: '0.1.0', plugins: [${table}] });
`;

/** The table, apart from the program, so that a test can ask it. */
export const tableSource = (table: string): string => `// @ts-check
import { defineTable, integer, text } from 'leash/extension';

const greetings = ['Hello', 'Good morning', 'Good evening'];

export const ${table} = defineTable({
  name: '${table}',
  description: 'A greeting for everybody who is named.',
  columns: {
    // WHERE name = '...' comes to generate, as query.equals('name').
    name: text({ index: true }),
    greeting: text(),
    length: integer(),
  },
  *generate(query) {
    for (const name of query.equals('name') ?? ['world']) {
      for (const words of greetings) {
        const greeting = \`\${words}, \${name}!\`;
        yield { name, greeting, length: greeting.length };
      }
    }
  },
});
`;

/** A test of the table, for Node's own runner. */
export const testSource = (name: string, table: string): string => `// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';
import { rowsOf } from 'leash/extension';
import { ${table} } from './${name}-table.mjs';

test('the world is greeted', async () => {
  const rows = await rowsOf(${table});
  assert.deepEqual(rows[0], { name: 'world', greeting: 'Hello, world!', length: 13 });
});

test('and whoever is named', async () => {
  const rows = await rowsOf(${table}, { equals: { name: 'Ada' } });
  assert.ok(rows.length > 0 && rows.every(({ name }) => name === 'Ada'));
});
`;

/** What a person reads first. */
export const readmeSource = (name: string, table: string): string => `# ${name}

An extension for Leash and for osquery. It brings the table \`${table}\`:

    SELECT greeting FROM ${table} WHERE name = 'Ada'

| file | what it is |
|---|---|
| \`${name}-table.mjs\` | the table: columns, and the function that gives rows |
| \`${name}.mjs\` | the program that the daemon starts |
| \`${name}.ext\` | a link to it: daemons start what is called \`.ext\` |
| \`${name}.leash.json\` | what it may do; empty: read this directory, and nothing else |
| \`${name}.test.mjs\` | its test: \`npm test\` |
| \`leash/\` | the library, as it came with Leash; \`node_modules/leash\` is a link to it |

Node 20 or newer runs it. Nothing has to be installed, and this directory works wherever it is copied to, as long as
nobody but its owner and root may write it or a directory above it.

## Try it

    npm test
    leash doctor --extension "$PWD/${name}.ext"

Doctor says whether a daemon would start it, and why not. For a daemon of root the directory has to be root's:

    sudo cp -a . /usr/local/lib/${name}
    sudo chown -R root:root /usr/local/lib/${name}
    echo /usr/local/lib/${name}/${name}.ext | sudo tee -a /etc/osquery/extensions.load

Leash and osquery both start what stands in that file (\`--extensions_autoload\`).

By hand, to a daemon whose \`--extensions_socket\` you may use:

    ./${name}.ext --socket /var/osquery/osquery.em --verbose

## Go on

docs/EXTENSIONS.md of Leash tells what a table may ask and say, how SQL writes to one, how to bring a config or a logger,
and what \`${name}.leash.json\` may name.
`;
