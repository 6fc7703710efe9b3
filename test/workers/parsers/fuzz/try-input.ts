import type { FuzzInput } from './draw-input.ts';

/** No input may take longer than this. */
export const longest_ms = 1000;

/** How a parser gave way to an input. */
export interface Finding {
  readonly kind: 'crash' | 'slow' | 'hang';
  readonly message: string;
}

/** Gives an input to its parser; undefined when it was read as it should. */
export const tryInput = (input: FuzzInput): Finding | undefined => {
  try {
    const first_ms = timeOf(input);
    if (first_ms <= longest_ms) return undefined;
    // A busy machine is not the parser's fault: the faster of two counts.
    const wall_ms = Math.min(first_ms, timeOf(input));
    return wall_ms <= longest_ms
      ? undefined
      : { kind: 'slow', message: `took ${Math.round(wall_ms)} ms for ${input.bytes.length} bytes` };
  } catch (error) {
    return {
      kind: 'crash',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
};

const timeOf = ({ target, bytes }: FuzzInput): number => {
  const from_ms = performance.now();
  target.read(bytes);
  return performance.now() - from_ms;
};
