import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { readRange } from '../host/read-range.ts';
import { type CpuidRegister, cpuidFeatures } from '../parsers/cpuid-features.ts';
import { firstProcessor } from '../parsers/cpuinfo.ts';

/**
 * Where the kernel's module cpuid is loaded and this user is root, the processor itself is asked. Else /proc/cpuinfo
 * answers, in which the kernel leaves out what it does not use, and which has no hypervisor_id, serial, sgx0 and sgx1.
 * The id of a hypervisor is of the registers that `output_register` names; osquery puts EAX, EBX and ECX there.
 */
export const cpuid: Table = defineTable({
  name: 'cpuid',
  description:
    'What an x86 processor can do. Without the kernel module cpuid, as far as /proc/cpuinfo tells.',
  columns: {
    feature: text(),
    value: text(),
    output_register: text(),
    output_bit: integer(),
    input_eax: text(),
  },
  generate: ({ files }) =>
    answer(files, 0) === undefined
      ? toldByKernel(files)
      : toldByProcessor((leaf, sub) => answer(files, leaf, sub)),
});

interface CpuidRow {
  readonly feature: string;
  readonly value: string;
  readonly output_register: string;
  readonly output_bit: number;
  readonly input_eax: string;
}

type Answer = Readonly<Record<CpuidRegister, number>>;

const row = (feature: string, value: string, output_register: string, input_eax: string): CpuidRow => ({
  feature,
  value,
  output_register,
  output_bit: 0,
  input_eax,
});

/** The four registers for a leaf; the place in the device is EAX, and in its upper half ECX (cpuid(4)). */
const answer = (files: HostFiles, leaf: number, subleaf = 0): Answer | undefined => {
  const bytes = readRange(files, '/dev/cpu/0/cpuid', leaf + subleaf * 2 ** 32, 16);
  if (bytes?.length !== 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const [eax = 0, ebx = 0, ecx = 0, edx = 0] = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
  return { eax, ebx, ecx, edx };
};

const none: Answer = { eax: 0, ebx: 0, ecx: 0, edx: 0 };

function* toldByProcessor(
  ask: (leaf: number, subleaf?: number) => Answer | undefined,
): Generator<CpuidRow, undefined> {
  const at = (leaf: number, subleaf = 0): Answer => ask(leaf, subleaf) ?? none;
  const letters = (...numbers: readonly number[]): string =>
    numbers.map((number) => Buffer.from(Uint32Array.of(number).buffer).toString('latin1')).join('');
  const hex = (...numbers: readonly number[]): string =>
    numbers.map((number) => number.toString(16).padStart(8, '0')).join('');
  const [vendor, first, third, hypervisor] = [at(0), at(1), at(3), at(0x4000_0000)];
  yield row('vendor', letters(vendor.ebx, vendor.edx, vendor.ecx), 'ebx,edx,ecx', '0');
  const name = [0x8000_0002, 0x8000_0003, 0x8000_0004]
    .map((leaf) => at(leaf))
    .map(({ eax, ebx, ecx, edx }) => letters(eax, ebx, ecx, edx))
    .join('');
  // The name is padded with NULs, on some processors with blanks before it.
  yield row('product_name', name.split('\0', 1)[0] ?? '', 'eax,ebx,ecx,edx', '0x80000002');
  if (hypervisor.eax !== 0) {
    const id = hex(hypervisor.ebx, hypervisor.ecx, hypervisor.edx);
    yield row('hypervisor_id', id, 'ebx,ecx,edx', '0x40000000');
  }
  yield row('serial', hex(first.eax, third.eax, third.edx), 'eax,eax,ecx', '1,3');
  yield familyRow((first.eax >> 8) & 0xf);
  const answers = new Map(
    [...new Set(cpuidFeatures.map(({ leaf }) => leaf))].map((leaf) => [leaf, at(leaf)]),
  );
  for (const { feature, leaf, register, bit } of cpuidFeatures)
    yield featureRow(
      feature,
      (((answers.get(leaf) ?? none)[register] >>> bit) & 1) === 1,
      register,
      bit,
      leaf,
    );
  for (const subleaf of [0, 1]) {
    const { eax, ebx, ecx, edx } = at(0x12, subleaf);
    yield row(`sgx${subleaf}`, hex(eax, ebx, ecx, edx), 'eax,ebx,ecx,edx', subleaf === 0 ? '18' : '18,1');
  }
  return undefined;
}

/** The family as it stands in the answer, four bits of them. */
const familyRow = (family: number): CpuidRow =>
  row('family', (family << 8).toString(16).padStart(4, '0'), 'eax', '1');

const featureRow = (
  feature: string,
  has: boolean,
  register: string,
  bit: number,
  leaf: number,
): CpuidRow => ({
  feature,
  value: has ? '1' : '0',
  output_register: register,
  output_bit: bit,
  input_eax: String(leaf),
});

function* toldByKernel(files: HostFiles): Generator<CpuidRow, undefined> {
  const fields = firstProcessor(files.readText('/proc/cpuinfo') ?? '');
  const vendor = fields.get('vendor_id');
  const flags = new Set((fields.get('flags') ?? '').split(' '));
  // Another architecture has other fields.
  if (vendor === undefined || flags.size < 2) return undefined;
  yield row('vendor', vendor, 'ebx,edx,ecx', '0');
  yield row('product_name', fields.get('model name') ?? '', 'eax,ebx,ecx,edx', '0x80000002');
  // A family above 15 is the sum of two fields of the answer, the first of which is then 15.
  yield familyRow(Math.min(15, Number(fields.get('cpu family')) || 0));
  for (const { feature, leaf, register, bit, flag } of cpuidFeatures)
    yield featureRow(feature, flags.has(flag), register, bit, leaf);
  return undefined;
}
