/** A parser as the fuzzer calls it. */
export interface FuzzTarget {
  /** Name of its corpus under test/fixtures/corpus. */
  readonly name: string;
  /** Files of workers/parsers that it reads through, without `.ts`. */
  readonly parsers: readonly string[];
  /** Reads anything to its end. It may not throw, nor take long. */
  readonly read: (bytes: Buffer) => unknown;
}

/** A parser of text, which gets it as the file door gives it: bytes that are no UTF-8 are replaced. */
export const textTarget = (
  name: string,
  parsers: readonly string[],
  read: (text: string) => unknown,
): FuzzTarget => ({ name, parsers, read: (bytes) => read(bytes.toString()) });
