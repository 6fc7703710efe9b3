import type { HostFiles } from '../../protocol/host-files.ts';
import { usableHostUuid } from '../../protocol/host-uuid.ts';
import { parseSmbios, type SmbiosStructure, smbiosString } from '../parsers/smbios.ts';

/** The firmware's UUID of this machine; undefined where it is missing, unreadable (not root) or a placeholder. */
export const hardwareUuid = (files: HostFiles): string | undefined =>
  usableHostUuid(files.readText('/sys/class/dmi/id/product_uuid'));

/** What the firmware calls the machine and its main board. '' is a value that the vendor left out. */
export interface HardwareNames {
  readonly hardware_vendor: string;
  readonly hardware_model: string;
  readonly hardware_version: string;
  readonly hardware_serial: string;
  readonly board_vendor: string;
  readonly board_model: string;
  readonly board_version: string;
  readonly board_serial: string;
}

const systemType = 1;
const boardType = 2;

/** Offsets that SMBIOS types 1 and 2 share (DSP0134, 7.2 and 7.3): manufacturer, product, version, serial. */
const namesOf = (structure: SmbiosStructure | undefined): [string, string, string, string] => {
  if (structure === undefined) return ['', '', '', ''];
  // Vendors pad them with blanks.
  const name = (offset: number): string => smbiosString(structure, offset).trimEnd();
  return [name(4), name(5), name(6), name(7)];
};

/** Hardware names from the SMBIOS table; undefined without one (most ARM boards) or when not root. */
export const hardwareNames = (files: HostFiles): HardwareNames | undefined => {
  const table = files.readBytes('/sys/firmware/dmi/tables/DMI');
  if (table === undefined) return undefined;
  const structures = parseSmbios(table);
  const [vendor, product, version, serial] = namesOf(structures.find(({ type }) => type === systemType));
  // The first board is the main board; later ones are risers and blades.
  const [boardVendor, boardModel, boardVersion, boardSerial] = namesOf(
    structures.find(({ type }) => type === boardType),
  );
  // Lenovo writes the model a person knows into the version and its order number into the product name.
  const lenovo = vendor.toLowerCase() === 'lenovo';
  return {
    hardware_vendor: vendor,
    hardware_model: lenovo ? version : product,
    hardware_version: lenovo ? product : version,
    hardware_serial: serial,
    board_vendor: boardVendor,
    board_model: boardModel,
    board_version: boardVersion,
    board_serial: boardSerial,
  };
};
