/** What /proc/cpuinfo tells about the processors. A member is undefined where the architecture does not say it. */
export interface ProcessorSummary {
  readonly logical: number;
  /** Distinct pairs of socket and core. */
  readonly physical: number | undefined;
  readonly sockets: number | undefined;
  readonly brand: string | undefined;
  /** The model number within the family, as text. */
  readonly model: string | undefined;
  readonly microcode: string | undefined;
  /** The machine name of uname(2), where the fields give it away. */
  readonly machine: 'x86_64' | 'aarch64' | undefined;
}

type Block = ReadonlyMap<string, string>;

/**
 * Reads /proc/cpuinfo of x86 and arm64: blocks of `key : value`, one a processor, parted by empty lines. A block
 * without `processor` (hardware description on old ARM kernels) is no processor.
 */
export const parseCpuinfo = (content: string): ProcessorSummary => {
  const blocks = content
    .split(/\n\s*\n/)
    .map(blockOf)
    .filter((block) => block.has('processor'));
  const [first] = blocks;
  return {
    logical: blocks.length,
    physical: distinct(blocks, 'physical id', 'core id'),
    sockets: distinct(blocks, 'physical id'),
    brand: first?.get('model name'),
    model: first?.get('model'),
    microcode: first?.get('microcode'),
    machine: machineOf(first),
  };
};

/** Fields of the first processor, as the kernel names them; none where it tells of no processor. */
export const firstProcessor = (content: string): ReadonlyMap<string, string> =>
  blockOf(content.split(/\n\s*\n/, 1)[0] ?? '');

const blockOf = (text: string): Block => {
  const block = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon !== -1) block.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return block;
};

const distinct = (blocks: readonly Block[], ...keys: readonly string[]): number | undefined => {
  const seen = new Set<string>();
  for (const block of blocks) {
    if (keys.every((key) => block.has(key))) seen.add(keys.map((key) => block.get(key)).join('/'));
  }
  return seen.size === 0 ? undefined : seen.size;
};

/** `lm` is x86's long mode; an ARM of architecture 8 or later runs a 64-bit kernel wherever Node 26 runs. */
const machineOf = (block: Block | undefined): ProcessorSummary['machine'] => {
  if (block === undefined) return undefined;
  if (/\blm\b/.test(block.get('flags') ?? '')) return 'x86_64';
  return Number(block.get('CPU architecture')) >= 8 ? 'aarch64' : undefined;
};
