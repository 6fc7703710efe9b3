import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';

/** Leash collects no files yet, so there is nothing to tell of: the table says so to who asks, and is empty. */
export const carves: Table = defineTable({
  name: 'carves',
  description:
    'Collections of files (carves). Leash does not carve yet: always empty, and a warning says so.',
  columns: {
    time: bigint(),
    sha256: text({ collate: 'NOCASE' }),
    size: bigint(),
    path: text({ additional: true }),
    status: text(),
    carve_guid: text({ index: true, collate: 'NOCASE' }),
    request_id: text(),
    carve: integer({ additional: true }),
  },
  generate(query) {
    const asked = query.equals('carve')?.includes('1') === true;
    query.warn(
      asked
        ? 'carves: Leash does not carve files yet; nothing was collected'
        : 'carves: Leash does not carve files yet, so there are none',
    );
    return [];
  },
});
