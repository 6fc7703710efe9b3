import type { KnownNames } from '../../workers/engine/advise.ts';
import { loadTables } from './load-tables.ts';

/** The names that queries may use, as workers know them. */
export const loadNames = async (): Promise<KnownNames> => {
  const { knownNames } = await import('../../workers/engine/known-names.ts');
  return knownNames(await loadTables());
};
