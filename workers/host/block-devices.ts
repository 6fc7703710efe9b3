import type { HostFiles } from '../../protocol/host-files.ts';
import { decodeUdev, parseUdevData } from '../parsers/udev-data.ts';

/** Directory with an entry for each block device, partitions too. */
export const blockClass = '/sys/class/block';

/** Path of a device by its entry in sysfs, which writes the slash of a name (`cciss/c0d0`) as `!`. */
export const deviceName = (entry: string): string => `/dev/${entry.replaceAll('!', '/')}`;

/** The disk of a partition, else the device that a mapped one stands on when it is one. */
export const parentOf = (files: HostFiles, entry: string): string | undefined => {
  if (files.readText(`${blockClass}/${entry}/partition`) !== undefined) {
    const disk = files.realPath(`${blockClass}/${entry}`)?.split('/').at(-2);
    return disk === undefined ? undefined : deviceName(disk);
  }
  const [slave, ...others] = files.list(`${blockClass}/${entry}/slaves`) ?? [];
  return slave === undefined || others.length > 0 ? undefined : deviceName(slave);
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
