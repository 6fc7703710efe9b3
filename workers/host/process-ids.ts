import type { HostFiles } from '../../protocol/host-files.ts';
import type { Column, TableQuery } from '../../protocol/table.ts';

const isProcessId = (name: string): boolean => /^[1-9]\d{0,9}$/.test(name);

/** The processes that a scan covers: those asked for by pid, else all of /proc. */
export const processIds = <C extends { readonly pid: Column }>(
  query: TableQuery<C & Readonly<Record<string, Column>>>,
): readonly string[] => query.equals('pid')?.filter(isProcessId) ?? allProcessIds(query.files);

/** Every process that /proc shows. */
export const allProcessIds = (files: HostFiles): readonly string[] =>
  (files.list('/proc') ?? []).filter(isProcessId);
