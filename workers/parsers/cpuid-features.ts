/** Where the answer to CPUID stands. */
export type CpuidRegister = 'eax' | 'ebx' | 'ecx' | 'edx';

/** A bit of an answer, osquery's name for what it says, and the kernel's where that differs. */
export interface CpuidFeature {
  readonly feature: string;
  readonly leaf: number;
  readonly register: CpuidRegister;
  readonly bit: number;
  readonly flag: string;
}

type Bits = Readonly<Record<string, number>>;

/** Bits of each answer (Intel SDM, volume 2A, CPUID; AMD APM, volume 3, appendix E), with osquery's names. */
const leaves: readonly (readonly [leaf: number, register: CpuidRegister, bits: Bits])[] = [
  [
    1,
    'edx',
    {
      ...{ pae: 6, msr: 5, sep: 11, mtrr: 12, pge: 13, mca: 14, pat: 16, clfsh: 19, acpi: 22, mmz: 23 },
      ...{ sse: 25, sse2: 26, ss: 27, htt: 28, ia64: 30 },
    },
  ],
  [
    1,
    'ecx',
    {
      ...{ sse3: 0, vmx: 5, smx: 6, ssse3: 9, sdbg: 11, pdcm: 15, pcid: 17, dca: 18, 'sse4.1': 19 },
      ...{ 'sse4.2': 20, aes: 25, avx: 28, hypervisor: 31 },
    },
  ],
  [
    7,
    'ebx',
    {
      ...{ sgx: 2, hle: 4, avx2: 5, smep: 7, bmi2: 8, erms: 9, invpcid: 10, rtm: 11, pqm: 12, mpx: 14 },
      ...{ pqe: 15, avx512f: 16, avx512dq: 17, rdseed: 18, adx: 19, smap: 20, intel_pt: 25, sha: 29 },
    },
  ],
  [7, 'ecx', { umip: 2, pku: 3, ospke: 4, gfni: 8, vaes: 9, sgx_lc: 30 }],
  [7, 'edx', { spec_ctrl: 26 }],
  [0x8000_0001, 'ecx', { lahfsahf: 0, svm: 2, '3dnowprefetch': 8, ibs: 10, skinit: 12, lwp: 15 }],
  [0x8000_0001, 'edx', { nx: 20, page1gb: 26, lm: 29 }],
];

/** The kernel's names in /proc/cpuinfo where they are not osquery's. */
const kernelNames: Readonly<Record<string, string>> = {
  clfsh: 'clflush',
  mmz: 'mmx',
  htt: 'ht',
  sse3: 'pni',
  'sse4.1': 'sse4_1',
  'sse4.2': 'sse4_2',
  pqm: 'cqm',
  pqe: 'rdt_a',
  sha: 'sha_ni',
  lahfsahf: 'lahf_lm',
  page1gb: 'pdpe1gb',
};

export const cpuidFeatures: readonly CpuidFeature[] = leaves.flatMap(([leaf, register, bits]) =>
  Object.entries(bits).map(([feature, bit]) => ({
    feature,
    leaf,
    register,
    bit,
    flag: kernelNames[feature] ?? feature,
  })),
);
