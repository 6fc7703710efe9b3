import type { HostFiles } from '../../protocol/host-files.ts';
import type { Column, TableQuery } from '../../protocol/table.ts';

/** A root directory that a scan covers, and the process whose mount namespace it is (0: the worker's own). */
export interface NamespaceRoot {
  readonly pid: number;
  readonly files: HostFiles;
}

/**
 * The roots that a scan of a table with the column `pid_with_namespace` covers: that of every process asked for,
 * else the worker's own. The files of a process that is gone, or that the kernel denies, read as missing.
 */
export const namespaceRoots = <C extends { readonly pid_with_namespace: Column }>(
  query: TableQuery<C & Readonly<Record<string, Column>>>,
): NamespaceRoot[] => {
  const asked = query.equals('pid_with_namespace') ?? ['0'];
  return asked
    .filter((pid) => /^\d{1,9}$/.test(pid))
    .map((pid) => ({
      pid: Number(pid),
      files: Number(pid) === 0 ? query.files : query.files.within(`/proc/${Number(pid)}/root`),
    }));
};

/** Number of the mount namespace of a process (`mnt:[4026531841]` without its frame); undefined for pid 0. */
export const mountNamespace = (files: HostFiles, pid: number): string | undefined =>
  pid === 0 ? undefined : /\d+/.exec(files.readLink(`/proc/${pid}/ns/mnt`) ?? '')?.[0];
