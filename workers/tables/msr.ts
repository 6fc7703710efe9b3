import type { OpenFile } from '../../protocol/host-files.ts';
import { bigint, defineTable, type Table } from '../../protocol/table.ts';

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
    const used = registers.filter(([column]) => query.uses(column));
    let opened = 0;
    for (const processor_number of processors.toSorted((a, b) => a - b)) {
      const file = files.open(`/dev/cpu/${processor_number}/msr`);
      if (file === undefined) continue;
      opened += 1;
      try {
        const values = used.map(([column, number]) => [column, shown(column, file, number)]);
        yield { processor_number, ...Object.fromEntries(values) };
      } finally {
        file.close();
      }
    }
    if (opened === 0)
      query.warn('msr: no processor shows its registers; `modprobe msr` makes them readable for root');
  },
});

/** NULL where the processor has no such register. Signed, as a column of SQL is. */
const shown = (column: string, file: OpenFile, number: number): bigint | undefined => {
  const bytes = new Uint8Array(register_bytes);
  if (file.readAt(bytes, number) !== register_bytes) return undefined;
  const value = new DataView(bytes.buffer).getBigUint64(0, true);
  if (column === 'turbo_disabled') return (value >> turboDisabledBit) & 1n;
  return BigInt.asIntN(64, column === 'perf_ctl' ? value & perfCtlMask : value);
};
