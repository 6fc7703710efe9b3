/** Names of vendors, their devices and kinds of devices, by ids in lower-case hexadecimal. */
export interface HardwareNames {
  vendor(vendor: string): string | undefined;
  model(vendor: string, model: string): string | undefined;
  /** A card as its maker names it; `subsystem` is the maker's id and his id of the card. */
  subsystem(vendor: string, model: string, subsystem: string): string | undefined;
  deviceClass(deviceClass: string): string | undefined;
  subclass(deviceClass: string, subclass: string): string | undefined;
}

/** Nothing has a name: no list is installed. */
export const noHardwareNames: HardwareNames = {
  vendor: () => undefined,
  model: () => undefined,
  subsystem: () => undefined,
  deviceClass: () => undefined,
  subclass: () => undefined,
};

const tab = 0x09;

/**
 * Reads pci.ids or usb.ids: `8086  Vendor`, below it `<tab>1237  Device`, below that `<tab><tab>1af4 1100  Card`; after
 * `C 06  Class` come `<tab>00  Subclass`. Of the many vendors only those asked for are kept; lists of other things that
 * usb.ids has are passed over.
 */
export const parseHardwareIds = (content: string, vendors: ReadonlySet<string>): HardwareNames => {
  const names = new Map<string, string>();
  /** Key of the vendor or class and of the device that the lines below belong to; undefined: nobody asks. */
  let top: string | undefined;
  let device: string | undefined;
  for (let at = 0; at < content.length; ) {
    let end = content.indexOf('\n', at);
    if (end === -1) end = content.length;
    const isIndented = content.charCodeAt(at) === tab;
    if (!isIndented && content.charCodeAt(at) !== 0x23) {
      top = topKey(content, at, vendors);
      device = undefined;
    }
    if (top !== undefined) {
      const depth = isIndented ? (content.charCodeAt(at + 1) === tab ? 2 : 1) : 0;
      const [, id, name] = entry.exec(content.slice(at + depth, end)) ?? [];
      const above = depth === 2 ? device : top;
      if (id !== undefined && name !== undefined && above !== undefined) {
        const key = depth === 0 ? top : `${above}/${id}`;
        if (depth === 1) device = key;
        names.set(key, name.trimEnd());
      }
    }
    at = end + 1;
  }
  return {
    vendor: (vendor) => names.get(vendor),
    model: (vendor, model) => names.get(`${vendor}/${model}`),
    subsystem: (vendor, model, subsystem) => names.get(`${vendor}/${model}/${subsystem}`),
    deviceClass: (deviceClass) => names.get(`C ${deviceClass}`),
    subclass: (deviceClass, subclass) => names.get(`C ${deviceClass}/${subclass}`),
  };
};

/** An id, or the two of a card, and after at least two blanks the name. */
const entry = /^((?:C )?[0-9a-f]+(?: [0-9a-f]{4})?) {2,}(.+)$/s;

const topKey = (content: string, at: number, vendors: ReadonlySet<string>): string | undefined => {
  const vendor = content.slice(at, at + 4);
  if (/^C [0-9a-f]/.test(vendor)) return vendor;
  return vendors.has(vendor) && content.charCodeAt(at + 4) === 0x20 ? vendor : undefined;
};
