/** Reads the file `uevent` of a device in sysfs: `NAME=value` a line, as the kernel tells udev. */
export const parseUevent = (content: string): ReadonlyMap<string, string> =>
  new Map(
    content.split('\n').flatMap((line) => {
      const equals = line.indexOf('=');
      return equals <= 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1).trim()] as const];
    }),
  );
