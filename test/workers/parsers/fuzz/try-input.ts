import type { FuzzInput } from './draw-input.ts';

/** No input may take more CPU time than this; a busy machine does not make a parser slow. */
const longest_ms = 1000;

/** How a parser gave way to an input. */
export interface Finding {
  readonly kind: 'crash' | 'slow' | 'hang';
  readonly message: string;
}

/** Gives an input to its parser; undefined when it was read as it should. */
export const tryInput = (input: FuzzInput): Finding | undefined => {
  try {
    const cpu_ms = cpuOf(input);
    return cpu_ms <= longest_ms
      ? undefined
      : { kind: 'slow', message: `took ${Math.round(cpu_ms)} ms for ${input.bytes.length} bytes` };
  } catch (error) {
    return {
      kind: 'crash',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
};

const cpuOf = ({ target, bytes }: FuzzInput): number => {
  const before = process.threadCpuUsage();
  target.read(bytes);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
};
