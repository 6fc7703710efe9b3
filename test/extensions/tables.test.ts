/** Tables of extensions in SQL: a real extension process, a real socket, a real worker. */
import t from 'tap';
import { bigint, integer, text } from '../../protocol/table.ts';
import { type DoubleTable, startTables, workerWith } from './table-harness.ts';

const people: DoubleTable = {
  columns: {
    id: integer({ index: true }),
    name: text({ additional: true, aliases: ['label'] }),
    age: bigint({ additional: true }),
    note: text(),
  },
  aliases: ['persons'],
  conduct: {
    does: 'filters',
    rows: [
      { id: '1', name: 'Ada', age: '36', note: 'ü' },
      { id: '2', name: 'Bob', age: '41' },
      { id: '3', name: 'Cy', age: '', note: '' },
    ],
  },
};

t.test('rows of an extension are rows like any other', async (t) => {
  const double = await startTables(t, { people });
  const worker = await workerWith(t, [double.extension]);
  const all = await worker.query('SELECT * FROM people');
  t.equal(all.failure, undefined);
  t.strictSame(all.reads, [7], 'it is told before the first row');
  t.strictSame(
    all.columns.map(({ name, type }) => [name, type]),
    [
      ['id', 'INTEGER'],
      ['name', 'TEXT'],
      ['age', 'BIGINT'],
      ['note', 'TEXT'],
    ],
  );
  t.strictSame(all.cells, [
    [1, 'Ada', 36, 'ü'],
    [2, 'Bob', 41, ''],
    [3, 'Cy', null, ''],
  ]);
  t.match(all.waits, { extensions: [{ uuid: 7, calls: 1 }] });
  t.ok(all.cost.read_bytes > 0, 'what came counts as read');
  t.strictSame((await worker.query('SELECT label FROM persons WHERE id = 2')).cells, []);
});
