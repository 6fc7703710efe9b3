import type { HostFiles } from '../../protocol/host-files.ts';
import { type MdArray, type MdStat, parseMdstat } from '../parsers/mdstat.ts';

/** What the kernel has in /proc/mdstat. */
export const mdStat = (files: HostFiles): MdStat => parseMdstat(files.readText('/proc/mdstat') ?? '');

/** Content of a file of an array in sysfs (the kernel's admin-guide/md.rst), without the line's end. */
export const mdAttribute = (files: HostFiles, { name }: MdArray, attribute: string): string | undefined =>
  files.readText(`/sys/block/${name}/md/${attribute}`)?.trim();

/** A disk of an array, as sysfs tells of it. */
export interface MdMember {
  readonly name: string;
  /** Place in the array; undefined for one that has none. */
  readonly slot: number | undefined;
  /** The kernel's words: `in_sync`, `faulty`, `spare`, `write_mostly`, `journal`, …. */
  readonly states: readonly string[];
}

/** Disks of an array. */
export const mdMembers = (files: HostFiles, array: MdArray): MdMember[] =>
  (files.list(`/sys/block/${array.name}/md`) ?? [])
    .filter((entry) => entry.startsWith('dev-'))
    .toSorted()
    .map((entry) => {
      const slot = mdAttribute(files, array, `${entry}/slot`) ?? '';
      const states = mdAttribute(files, array, `${entry}/state`) ?? '';
      return {
        name: entry.slice('dev-'.length),
        slot: /^\d+$/.test(slot) ? Number(slot) : undefined,
        states: states.split(',').filter((state) => state !== ''),
      };
    });

/** How many disks an array has places for; two numbers while that changes, of which the first is the new one. */
export const mdPlaces = (files: HostFiles, array: MdArray): number | undefined => {
  const number = /^\d+/.exec(mdAttribute(files, array, 'raid_disks') ?? '')?.[0];
  return number === undefined ? array.places : Number(number);
};
