import type { Table } from '../../protocol/table.ts';
import type { KnownNames } from './advise.ts';
import { allowedFunctions } from './allowed.ts';
import { ourFunctions } from './install-functions.ts';
import { shapeOf } from './table-shape.ts';

/** What statements over these tables may name. */
export const knownNames = (tables: readonly Table[]): KnownNames => ({
  columns: new Map(
    tables.flatMap((table) => {
      const columns = shapeOf(table).columns.map(({ name }) => name);
      return [table.name, ...(table.aliases ?? [])].map((name) => [name, columns] as const);
    }),
  ),
  functions: [...new Set([...ourFunctions, ...allowedFunctions])].filter((name) => /^\w+$/.test(name)),
});
