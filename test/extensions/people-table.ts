import { bigint, integer, text } from '../../protocol/table.ts';
import type { DoubleTable } from './table-harness.ts';

/** A table with every kind of option that a column may have, and three rows. */
export const people: DoubleTable = {
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
