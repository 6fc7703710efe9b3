import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { deviceName } from '../host/block-devices.ts';
import { mdMembers, mdPlaces, mdStat } from '../host/md-arrays.ts';
import type { MdArray } from '../parsers/mdstat.ts';

export const mdDrives: Table = defineTable({
  name: 'md_drives',
  description: 'Disks of software RAID arrays, and the places in them that have lost theirs.',
  columns: { md_device_name: text(), drive_name: text(), slot: integer(), state: text() },
  *generate({ files }) {
    for (const array of mdStat(files).arrays) {
      for (const drive of drivesOf(files, array)) yield { md_device_name: array.name, ...drive };
    }
  },
});

interface DriveRow {
  readonly drive_name: string;
  readonly slot: number | undefined;
  readonly state: string;
}

/**
 * A disk without a place is shown at the one that it had: that of its number in the array, as long as the array has
 * so many, else the first that nobody has. What is left over has lost its disk.
 */
const drivesOf = (files: HostFiles, array: MdArray): DriveRow[] => {
  const places = mdPlaces(files, array) ?? 0;
  const numbers = new Map(array.drives.map(({ name, number }) => [name, number]));
  const free = new Set(Array.from({ length: Math.min(places, mostPlaces) }, (_, place) => place));
  const members = mdMembers(files, array).map((member) => {
    const number = numbers.get(member.name) ?? places;
    const slot = member.slot ?? (number < places ? number : undefined);
    if (slot !== undefined) free.delete(slot);
    return { ...member, slot };
  });
  const drives = members.map(({ name, slot, states }) => {
    const place = slot ?? [...free][0];
    if (place !== undefined) free.delete(place);
    return { drive_name: deviceName(name), slot: place, state: stateOf(states) };
  });
  const lost = [...free].map((slot) => ({ drive_name: 'unknown', slot, state: 'removed' }));
  return [...drives, ...lost];
};

/** As many disks as the kernel takes in one array (md_p.h). */
const mostPlaces = 4096;

/** Words of sysfs, and the bits that GET_DISK_INFO has for them, in osquery's words. */
const words = [
  ['faulty', 'faulty'],
  ['in_sync', 'active sync'],
  ['write_mostly', 'writemostly'],
  ['failfast', 'failfast'],
  ['journal', 'journal'],
] as const;

/** A disk that is none of it waits or is being filled: osquery calls both recovering. */
const stateOf = (states: readonly string[]): string => {
  const known = words.filter(([state]) => states.includes(state)).map(([, word]) => word);
  return known.join(' ') || 'recovering';
};
