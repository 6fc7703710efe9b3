import { bigint, defineTable, type Table } from '../../protocol/table.ts';
import { readRange } from '../host/read-range.ts';

/** Numbers of the registers by the columns that show them (the kernel's msr-index.h). */
const registers = [
  ['turbo_disabled', 0x1a0],
  ['turbo_ratio_limit', 0x1ad],
  ['platform_info', 0xce],
  ['perf_ctl', 0x199],
  ['perf_status', 0x198],
  ['feature_control', 0x3a],
  ['rapl_power_limit', 0x610],
  ['rapl_energy_status', 0x611],
  ['rapl_power_units', 0x606],
] as const;

const register_bytes = 8;
/** Bit of IA32_MISC_ENABLE. */
const turboDisabledBit = 38n;
/** The ratio that is asked for is in the lower half of IA32_PERF_CTL's lower half. */
const perfCtlMask = 0xffffn;

export const msr: Table = defineTable({
  name: 'msr',
  description:
    'Registers of the processors that are about power and speed. Needs root and the kernel module msr.',
  columns: {
    processor_number: bigint(),
    turbo_disabled: bigint(),
    turbo_ratio_limit: bigint(),
    platform_info: bigint(),
    perf_ctl: bigint(),
    perf_status: bigint(),
    feature_control: bigint(),
    rapl_power_limit: bigint(),
    rapl_energy_status: bigint(),
    rapl_power_units: bigint(),
  },
  *generate(query) {
    const { files } = query;
    const processors = (files.list('/dev/cpu') ?? []).filter((name) => /^\d{1,5}$/.test(name)).map(Number);
    const present = processors.filter((each) => files.stat(`/dev/cpu/${each}/msr`) !== undefined);
    if (present.length === 0)
      query.warn('msr: no processor shows its registers; `modprobe msr` makes them readable');
    for (const processor_number of present.toSorted((a, b) => a - b)) {
      const path = `/dev/cpu/${processor_number}/msr`;
      const values = registers
        .filter(([column]) => query.uses(column))
        .map(([column, number]) => [column, shown(column, readRange(files, path, number, register_bytes))]);
      yield { processor_number, ...Object.fromEntries(values) };
    }
  },
});

/** NULL where the processor has no such register, or this user may not read it. Signed, as a column of SQL is. */
const shown = (column: string, bytes: Uint8Array | undefined): bigint | undefined => {
  if (bytes?.length !== register_bytes) return undefined;
  const value = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (column === 'turbo_disabled') return (value >> turboDisabledBit) & 1n;
  return BigInt.asIntN(64, column === 'perf_ctl' ? value & perfCtlMask : value);
};
