import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';

/** Types of the entries of the auxiliary vector (getauxval(3)). */
const atPageSize = 6;
const atClockTick = 17;

/** Page size and clock tick of the kernel, from where libc takes them: no `getconf` is started for it. */
export interface KernelUnits {
  readonly page_bytes: number;
  readonly ticksPerSecond: number;
}

/** Reads 64-bit (type, value) pairs; what is not there has the value that every Linux in use has. */
export const parseAuxv = (auxv: Buffer): KernelUnits => {
  const read = endianness() === 'LE' ? 'readBigUInt64LE' : 'readBigUInt64BE';
  const values = new Map<number, number>();
  for (let offset = 0; offset + 16 <= auxv.length; offset += 16) {
    values.set(Number(auxv[read](offset)), Number(auxv[read](offset + 8)));
  }
  return { page_bytes: values.get(atPageSize) ?? 4096, ticksPerSecond: values.get(atClockTick) ?? 100 };
};

/** The units of this machine. */
export const kernelUnits = (): KernelUnits => parseAuxv(readFileSync('/proc/self/auxv'));
