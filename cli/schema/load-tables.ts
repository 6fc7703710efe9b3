import type { Table } from '../../protocol/table.ts';

/** The built-in tables, as workers have them. Loaded when they are asked for: most commands never do. */
export const loadTables = async (): Promise<readonly Table[]> =>
  (await import('../../workers/tables/index.ts')).tables;
