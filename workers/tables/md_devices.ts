import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type RowOf, type Table, text } from '../../protocol/table.ts';
import { mdAttribute, mdMembers, mdPlaces, mdStat } from '../host/md-arrays.ts';
import type { MdActionName, MdArray } from '../parsers/mdstat.ts';

const columns = {
  device_name: text(),
  status: text(),
  raid_level: integer(),
  size: bigint(),
  chunk_size: bigint(),
  raid_disks: integer(),
  nr_raid_disks: integer(),
  working_disks: integer(),
  active_disks: integer(),
  failed_disks: integer(),
  spare_disks: integer(),
  superblock_state: text(),
  superblock_version: text(),
  // Only an ioctl tells it, which Node cannot do: always NULL.
  superblock_update_time: bigint(),
  bitmap_on_mem: text(),
  bitmap_chunk_size: text(),
  bitmap_external_file: text(),
  recovery_progress: text(),
  recovery_finish: text(),
  recovery_speed: text(),
  resync_progress: text(),
  resync_finish: text(),
  resync_speed: text(),
  reshape_progress: text(),
  reshape_finish: text(),
  reshape_speed: text(),
  check_array_progress: text(),
  check_array_finish: text(),
  check_array_speed: text(),
  unused_devices: text(),
  other: text(),
} as const;

export const mdDevices: Table = defineTable({
  name: 'md_devices',
  description: 'Software RAID arrays. Sizes in KiB, chunks in bytes; superblock_update_time is not known.',
  columns,
  *generate(query) {
    const { arrays, unused } = mdStat(query.files);
    for (const array of arrays) yield { ...rowOf(query.files, array), unused_devices: unused };
  },
});

const actionColumns = [
  ['recovery', 'recovery'],
  ['resync', 'resync'],
  ['reshape', 'reshape'],
  ['check', 'check_array'],
] as const satisfies readonly (readonly [MdActionName, string])[];

const rowOf = (files: HostFiles, array: MdArray): RowOf<typeof columns> => {
  const actions = actionColumns.flatMap(([name, column]) => {
    const { progress, finish, speed } = array.actions[name] ?? {};
    const values = { progress, finish, speed };
    return Object.entries(values).map(([part, value]) => [`${column}_${part}`, value] as const);
  });
  return {
    device_name: array.name,
    status: array.status,
    raid_level: levelOf(mdAttribute(files, array, 'level') ?? array.level),
    size: array.size_kib,
    chunk_size: chunk_bytes(files, array),
    raid_disks: mdPlaces(files, array),
    ...disksOf(files, array),
    superblock_state: stateOf(files, array),
    superblock_version: mdAttribute(files, array, 'metadata_version'),
    bitmap_on_mem: array.bitmap?.onMemory,
    bitmap_chunk_size: array.bitmap?.chunkSize,
    bitmap_external_file: array.bitmap?.externalFile,
    ...Object.fromEntries(actions),
    other: array.other,
  };
};

/** Two numbers while it changes: the new one and, in brackets, the one that holds. */
const chunk_bytes = (files: HostFiles, array: MdArray): number | undefined => {
  const [, first, held] = /^(\d+)(?: \((\d+)\))?$/.exec(mdAttribute(files, array, 'chunk_size') ?? '') ?? [];
  return first === undefined ? undefined : Number(held ?? first);
};

/** The kernel's numbers of levels that have none in their name (md_p.h). */
const namedLevels: Readonly<Record<string, number>> = { linear: -1, multipath: -4, faulty: -5 };

const levelOf = (level: string): number | undefined => {
  const digits = /^raid(\d+)$/.exec(level)?.[1];
  return digits === undefined ? namedLevels[level] : Number(digits);
};

/** Disks counted as the kernel's GET_ARRAY_INFO counts them; a journal is none of the last four. */
const disksOf = (files: HostFiles, array: MdArray): RowOf<typeof columns> => {
  const members = mdMembers(files, array);
  if (members.length === 0) return { nr_raid_disks: array.drives.length, working_disks: array.working };
  const count = (...states: readonly string[]): number =>
    members.filter((member) => states.some((state) => member.states.includes(state))).length;
  const failed_disks = count('faulty');
  const active_disks = members.filter(
    (each) => each.states.includes('in_sync') && !each.states.includes('faulty'),
  ).length;
  return {
    nr_raid_disks: members.length,
    working_disks: members.length - failed_disks,
    active_disks,
    failed_disks,
    spare_disks: members.length - failed_disks - active_disks - count('journal'),
  };
};

/** States in which nothing is left to be written. */
const cleanStates = ['clean', 'readonly', 'read-auto'];

/** Bits of the superblock's state, as osquery names them. */
const stateOf = (files: HostFiles, array: MdArray): string => {
  const state = mdAttribute(files, array, 'array_state');
  const isClean = state !== undefined && cleanStates.includes(state);
  // A bitmap in a file is no part of the superblock.
  const hasBitmap = array.bitmap !== undefined && array.bitmap.externalFile === '';
  const words = [...(isClean ? ['clean'] : []), ...(hasBitmap ? ['bitmap_present'] : [])];
  return words.join(' ') || 'unknown';
};
