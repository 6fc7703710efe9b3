import { readTextFile } from '../text-file.ts';

/**
 * What a process may do that its user may not, in a few words; undefined when nothing. Node cannot read extended
 * attributes, so capabilities of a file show only in the process that it became (capabilities(7)): rights that neither
 * its user nor our own ambient set explains.
 */
export const gainedPrivileges = (pid: number, uid: number): string | undefined => {
  const child = readTextFile(`/proc/${pid}/status`);
  // Gone, or its exit will be told.
  if (child === undefined) return undefined;
  const uids = /^Uid:\s+(.+)$/m.exec(child)?.[1]?.split(/\s+/) ?? [];
  if (uids.some((value) => Number(value) !== uid))
    return `it runs as uid ${uids[1] ?? '?'} instead of ${uid}`;
  if (uid === 0) return undefined;
  const ambient = capabilities(readTextFile('/proc/self/status'), 'CapAmb');
  const gained = capabilities(child, 'CapPrm') & ~ambient;
  return gained === 0n ? undefined : `it has the capabilities 0x${gained.toString(16)}`;
};

const capabilities = (status: string | undefined, name: 'CapAmb' | 'CapPrm'): bigint =>
  BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(status ?? '')?.[1] ?? '0'}`);
