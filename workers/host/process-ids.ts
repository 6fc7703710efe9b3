import type { Column, TableQuery } from '../../protocol/table.ts';

/** The processes that a scan covers: those asked for by pid, else all of /proc. */
export const processIds = <C extends { readonly pid: Column }>(
  query: TableQuery<C & Readonly<Record<string, Column>>>,
): readonly string[] => {
  const names = query.equals('pid') ?? query.files.list('/proc') ?? [];
  return names.filter((name) => /^[1-9]\d{0,9}$/.test(name));
};
