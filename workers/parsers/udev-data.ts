/**
 * Reads the properties in an entry of udev's database (/run/udev/data/b<major>:<minor>): lines `E:NAME=value`. Other
 * lines (links, tags, times) are passed over; given twice, the last one holds.
 */
export const parseUdevData = (content: string): ReadonlyMap<string, string> =>
  new Map(
    content.split('\n').flatMap((line) => {
      const [, name, value] = /^E:([^=]+)=(.*)$/s.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );

/** Undoes udev's encoding of unsafe characters in a property that ends in `_ENC`: `\x` and two digits a byte. */
export const decodeUdev = (encoded: string): string =>
  encoded.replace(/(?:\\x[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('\\x', ''), 'hex').toString());
