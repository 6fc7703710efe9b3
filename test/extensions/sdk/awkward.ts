/** An extension whose plugins do what they should not, from the sources of the SDK. Its name is its first argument. */
import { once } from 'node:events';
import {
  bigint,
  blob,
  defineDistributed,
  defineTable,
  double,
  integer,
  serve,
  text,
  unsignedBigint,
} from '../../../extensions/index.ts';

const columns = { n: integer({ index: true }), note: text() };

const kinds = defineTable({
  name: 'awk_kinds',
  description: 'A value of every type, as large as it can be.',
  columns: {
    t: text({ aliases: ['also_t'] }),
    i: bigint(),
    u: unsignedBigint(),
    d: double(),
    b: blob({ hidden: true }),
    missing: integer(),
  },
  aliases: ['awk_other_name'],
  cacheable: true,
  async generate() {
    const row = { t: 'zahl ü', i: -(2n ** 63n), u: 2n ** 64n - 1n, d: 0.5, b: Buffer.from([255, 0, 7]) };
    return [row, { t: null, i: 5 }];
  },
  update: () => undefined,
});

let released = false;

const slow = defineTable({
  name: 'awk_slow',
  description: 'Rows without a pause: large ones without end, or small ones until a row is inserted.',
  columns,
  *generate(query) {
    if (query.equals('n') !== undefined) for (let n = 0; ; n += 1) yield { n, note: 'x'.repeat(50_000) };
    while (!released) yield { n: 0 };
  },
  insert: () => {
    released = true;
    return 1;
  },
});

const waiting = defineTable({
  name: 'awk_waiting',
  description: 'A row, and the next one when SIGUSR2 comes.',
  columns,
  async *generate() {
    yield { n: 1 };
    process.stderr.write('waits\n');
    await once(process, 'SIGUSR2');
    yield { n: 2 };
  },
});

const broken = defineTable({
  name: 'awk_broken',
  description: 'Fails after a row.',
  columns,
  *generate(query) {
    query.warn('careful');
    query.warn('careful');
    yield { n: 1 };
    if (query.uses('note')) query.askSupervisor('leash_leases');
    throw new TypeError('it broke');
  },
  insert: () => Promise.reject(new Error('it broke, too')),
});

const told = defineTable({
  name: 'awk_told',
  description: 'What it was told of its scan.',
  columns: { n: integer(), note: text() },
  *generate(query) {
    const { uid } = query.host;
    const told = [query.equals('n'), query.likes('note'), query.constraints('n'), query.limit, uid >= 0];
    yield { note: JSON.stringify([query.uses('n'), query.uses('note'), ...told]) };
  },
});

const distributed = defineDistributed({
  name: 'awk_distributed',
  queries: () => ({ queries: { one: 'SELECT 1' }, accelerate: 60 }),
  results: ({ queries, statuses }) => {
    process.stderr.write(`results ${JSON.stringify([queries, statuses])}\n`);
  },
});

const [name = 'awkward', ...argv] = process.argv.slice(2);
await serve(
  {
    name,
    version: '0.1.0',
    plugins: [kinds, slow, waiting, broken, told, distributed],
    started: async (daemon) => {
      const rows = await daemon.query('SELECT 1');
      const config = await daemon.updateConfig('pushed', '{}');
      const verbose = daemon.options.get('verbose')?.value;
      process.stderr.write(`started ${JSON.stringify([rows, config, verbose])}\n`);
    },
  },
  { argv },
);
