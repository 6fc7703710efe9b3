import type { HostFiles } from '../../protocol/host-files.ts';

/** Interface flags (linux/if.h) that the tables look at. */
export const interfaceFlag = {
  up: 0x1,
  broadcast: 0x2,
  pointToPoint: 0x10,
  running: 0x40,
  lowerUp: 0x1_0000,
  dormant: 0x2_0000,
} as const;

const classDirectory = '/sys/class/net';

/** Names of the network interfaces, up or down. */
export const interfaceNames = (files: HostFiles): string[] =>
  // `bonding_masters` is a file among the interfaces' links.
  (files.entries(classDirectory) ?? []).filter(({ kind }) => kind !== 'regular').map(({ name }) => name);

/** The interface of an address's label: `eth0:1` is one of eth0. */
export const interfaceOfLabel = (label: string): string => label.split(':', 1)[0] ?? label;

/** One attribute of an interface, without the line's end; undefined where the driver refuses it. */
export const interfaceAttribute = (files: HostFiles, name: string, attribute: string): string | undefined =>
  files.readText(`${classDirectory}/${name}/${attribute}`)?.trim();

/** The flags that were set on an interface; undefined for an interface that is gone. */
export const configuredFlags = (files: HostFiles, name: string): number | undefined => {
  const flags = interfaceAttribute(files, name, 'flags');
  return flags !== undefined && /^0x[0-9a-f]+$/i.test(flags) ? Number(flags) : undefined;
};

/** Is the link of an interface fit for packets? As far as its driver knows (RFC 2863, ifOperStatus). */
const isOperational = (files: HostFiles, name: string): boolean => {
  const state = interfaceAttribute(files, name, 'operstate');
  return state === 'up' || state === 'unknown';
};

/** Is an interface up, without a carrier or what else it needs? */
export const isUpInVain = (files: HostFiles, name: string): boolean =>
  ((configuredFlags(files, name) ?? 0) & interfaceFlag.up) !== 0 && !isOperational(files, name);

/**
 * The flags as ioctl and netlink give them: those that were set, and what the link reports, which sysfs keeps in
 * files of their own (dev_get_flags in net/core/dev.c).
 */
export const reportedFlags = (files: HostFiles, name: string): number | undefined => {
  const flags = configuredFlags(files, name);
  if (flags === undefined || (flags & interfaceFlag.up) === 0) return flags;
  const running = isOperational(files, name) ? interfaceFlag.running : 0;
  const lowerUp = interfaceAttribute(files, name, 'carrier') === '1' ? interfaceFlag.lowerUp : 0;
  const dormant = interfaceAttribute(files, name, 'dormant') === '1' ? interfaceFlag.dormant : 0;
  return flags | running | lowerUp | dormant;
};

/**
 * Where the card behind an interface is, as ETHTOOL_GDRVINFO names it: its place on the bus, for most a PCI address.
 * Undefined where that tells nothing.
 */
export const busInfo = (files: HostFiles, name: string): string | undefined => {
  const device = files.realPath(`${classDirectory}/${name}/device`)?.split('/') ?? [];
  const last = device.at(-1) ?? '';
  // A virtio card is a child of what it stands on, which is what its driver names.
  const place = /^virtio\d+$/.test(last) ? (device.at(-2) ?? '') : last;
  return (usbPath(device) ?? place) || undefined;
};

/** `usb-<controller>-<ports>` for an interface of a USB device (usb_make_path in linux/usb.h). */
const usbPath = (device: readonly string[]): string | undefined => {
  const ports = /^\d+-([\d.]+):\d+\.\d+$/.exec(device.at(-1) ?? '')?.[1];
  const bus = device.findIndex((directory) => /^usb\d+$/.test(directory));
  return ports === undefined || bus < 1 ? undefined : `usb-${device[bus - 1] ?? ''}-${ports}`;
};
