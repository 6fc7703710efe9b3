import type { HostFiles } from '../../protocol/host-files.ts';
import { type HardwareNames, noHardwareNames, parseHardwareIds } from '../parsers/hardware-ids.ts';

/** Where the distributions install the lists; usbutils once kept its own below /var/lib. */
const directories = ['/usr/share/misc', '/usr/share/hwdata', '/usr/share', '/var/lib/usbutils'];

/** Names from the first list that is installed; for vendors, of these alone. */
export const hardwareNames = (
  files: HostFiles,
  list: 'pci.ids' | 'usb.ids',
  vendors: ReadonlySet<string>,
): HardwareNames => {
  for (const directory of directories) {
    const content = files.readText(`${directory}/${list}`);
    if (content !== undefined) return parseHardwareIds(content, vendors);
  }
  return noHardwareNames;
};
