/** Firmware values that many machines share: they identify none. In lower case. */
const placeholders: ReadonlySet<string> = new Set([
  '00000000-0000-0000-0000-000000000000',
  '03000200-0400-0500-0006-000700080009',
  '03020100-0504-0706-0809-0a0b0c0d0e0f',
  '10000000-0000-8000-0040-000000000000',
]);

/** The firmware's UUID as it stands in sysfs, trimmed; undefined when it is empty or identifies no machine. */
export const usableHostUuid = (text: string | undefined): string | undefined => {
  const uuid = text?.trim() ?? '';
  return uuid === '' || placeholders.has(uuid.toLowerCase()) ? undefined : uuid;
};
