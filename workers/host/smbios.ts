import type { HostFiles } from '../../protocol/host-files.ts';
import { parseSmbios, type SmbiosStructure } from '../parsers/smbios.ts';

/**
 * Every SMBIOS structure that the firmware left; none where it has no such table or this user is not root. Of a kernel
 * before 4.2, which has no such file, osquery reads /dev/mem; Leash opens no device.
 */
export const smbiosStructures = (files: HostFiles): SmbiosStructure[] => {
  const table = files.readBytes('/sys/firmware/dmi/tables/DMI');
  return table === undefined ? [] : parseSmbios(table);
};

/** Those of one type (DSP0134, table 3) whose formatted area holds at least so many bytes. */
export const smbiosOfType = (files: HostFiles, type: number, length_bytes: number): SmbiosStructure[] =>
  smbiosStructures(files).filter(
    (structure) => structure.type === type && structure.formatted.length >= length_bytes,
  );
