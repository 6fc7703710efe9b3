/** Names that DSP0134 gives to the values of an enumeration, from value 1 on. */
type Names = readonly string[];

const named = (names: Names, value: number | undefined): string | undefined =>
  value === undefined ? undefined : names[value - 1];

const locations: Names = [
  'Other',
  'Unknown',
  'System board or motherboard',
  ...['ISA', 'EISA', 'PCI', 'MCA', 'PCMCIA', 'Proprietary'].map((bus) => `${bus} add-on card`),
  'NuBus',
];
/** The second range of locations, from 0xa0 on. */
const laterLocations: Names = ['PC-98/C20', 'PC-98/C24', 'PC-98/E', 'PC-98/Local bus', 'CXL'];

/** Where a memory array is (7.17.1). */
export const memoryArrayLocation = (value: number | undefined): string | undefined => {
  const later = value === undefined ? undefined : laterLocations[value - 0xa0];
  return later === undefined ? named(locations, value) : `${later} add-on card`;
};

const uses: Names = [
  'Other',
  'Unknown',
  'System memory',
  'Video memory',
  'Flash memory',
  'Non-volatile RAM',
  'Cache memory',
];

/** What a memory array is for (7.17.2). */
export const memoryArrayUse = (value: number | undefined): string | undefined => named(uses, value);

const corrections: Names = ['Other', 'Unknown', 'none', 'Parity', 'Single-bit ECC', 'Multi-bit ECC', 'CRC'];

/** How a memory array corrects errors (7.17.3). */
export const memoryErrorCorrection = (value: number | undefined): string | undefined =>
  named(corrections, value);

const errors: Names = [
  'Other',
  'Unknown',
  'OK',
  'Bad read',
  'Parity error',
  'Single-bit error',
  'Double-bit error',
  'Multi-bit error',
  'Nibble error',
  'Checksum error',
  'CRC error',
  'Corrected single-bit error',
  'Corrected error',
  'Uncorrectable error',
];

/** What kind of error happened (7.19.1). */
export const memoryErrorType = (value: number | undefined): string | undefined => named(errors, value);

/** Whether the error is known down to the device (7.19.2). */
export const memoryErrorGranularity = (value: number | undefined): string | undefined =>
  named(['Other', 'Unknown', 'Device level', 'Memory partition level'], value);

/** What was being done (7.19.3). */
export const memoryErrorOperation = (value: number | undefined): string | undefined =>
  named(['Other', 'Unknown', 'Read', 'Write', 'Partial write'], value);

const formFactors: Names = [
  ...['Other', 'Unknown', 'SIMM', 'SIP', 'Chip', 'DIP', 'ZIP', 'Proprietary Card', 'DIMM', 'TSOP'],
  ...['Row of chips', 'RIMM', 'SODIMM', 'SRIMM', 'FB-DIMM', 'Die', 'CAMM'],
];

/** How a memory device is built (7.18.1). */
export const memoryFormFactor = (value: number | undefined): string | undefined => named(formFactors, value);

const memoryTypes: Names = [
  ...[
    'Other',
    'Unknown',
    'DRAM',
    'EDRAM',
    'VRAM',
    'SRAM',
    'RAM',
    'ROM',
    'FLASH',
    'EEPROM',
    'FEPROM',
    'EPROM',
  ],
  ...['CDRAM', '3DRAM', 'SDRAM', 'SGRAM', 'RDRAM', 'DDR', 'DDR2', 'DDR2 FB-DIMM', 'RESERVED', 'RESERVED'],
  ...['RESERVED', 'DDR3', 'FBD2', 'DDR4', 'LPDDR', 'LPDDR2', 'LPDDR3', 'LPDDR4'],
  ...['Logical non-volatile device', 'HBM', 'HBM2', 'DDR5', 'LPDDR5', 'HBM3'],
];

/** Kind of a memory device (7.18.2). */
export const memoryType = (value: number | undefined): string | undefined => named(memoryTypes, value);

/** Names of the bits of a memory device's details, from bit 0 on. */
const memoryDetails: Names = [
  ...[
    'Reserved',
    'Other',
    'Unknown',
    'Fast-paged',
    'Static column',
    'Pseudo-static',
    'RAMBUS',
    'Synchronous',
  ],
  ...['CMOS', 'EDO', 'Window DRAM', 'Cache DRAM', 'Non-volatile', 'Registered (Buffered)'],
  ...['Unbuffered (Unregistered)', 'LRDIMM'],
];

/** Details of a memory device (7.18.3), one blank between them. */
export const memoryTypeDetails = (bits: number | undefined): string =>
  memoryDetails.filter((_, bit) => (((bits ?? 0) >> bit) & 1) === 1).join(' ');
