import type { HostFiles } from '../../protocol/host-files.ts';
import { decodeUdev, parseUdevData } from '../parsers/udev-data.ts';

/** Directory with an entry for each block device, partitions too. */
export const blockClass = '/sys/class/block';

/** Path of a device by its entry in sysfs, which writes the slash of a name (`cciss/c0d0`) as `!`. */
export const deviceName = (entry: string): string => `/dev/${entry.replaceAll('!', '/')}`;

/** Entries of what a device stands on: the disk of a partition, else the members of a mapping or an array, by name. */
export const standsOn = (files: HostFiles, entry: string): readonly string[] => {
  if (files.readText(`${blockClass}/${entry}/partition`) !== undefined) {
    const disk = files.realPath(`${blockClass}/${entry}`)?.split('/').at(-2);
    return disk === undefined ? [] : [disk];
  }
  return (files.list(`${blockClass}/${entry}/slaves`) ?? []).toSorted();
};

/** A stack of devices is never deeper. */
const deepest = 16;

/** Entry of the disk that a device stands on in the end, of several the first by name; a disk stands on itself. */
export const diskBelow = (files: HostFiles, entry: string): string => {
  let at = entry;
  for (let level = 0; level < deepest; level += 1) {
    const [next] = standsOn(files, at);
    if (next === undefined) return at;
    at = next;
  }
  return at;
};

/** What is on a device, as far as udev knows. */
interface FileSystem {
  readonly uuid: string | undefined;
  readonly type: string | undefined;
  readonly label: string | undefined;
}

/**
 * What udev found on the device when it appeared. The file door opens no disk, so without udev nothing is known; undefined
 * when there is no such device.
 */
export const udevOfBlock = (files: HostFiles, entry: string): ReadonlyMap<string, string> | undefined => {
  const number = files.readText(`${blockClass}/${entry}/dev`)?.trim() ?? '';
  if (!/^\d+:\d+$/.test(number)) return undefined;
  return parseUdevData(files.readText(`/run/udev/data/b${number}`) ?? '');
};

/** The file system of a device. */
export const fileSystemOn = (files: HostFiles, entry: string): FileSystem | undefined => {
  const properties = udevOfBlock(files, entry);
  if (properties === undefined) return undefined;
  // The plain label has other characters in place of unsafe ones.
  const encoded = properties.get('ID_FS_LABEL_ENC');
  return {
    uuid: properties.get('ID_FS_UUID'),
    type: properties.get('ID_FS_TYPE'),
    label: encoded === undefined ? properties.get('ID_FS_LABEL') : decodeUdev(encoded),
  };
};
