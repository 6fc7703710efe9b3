import type { FuzzTarget } from './target.ts';
import { targetsOfAugeas } from './targets-of-augeas.ts';
import { targetsOfBytes } from './targets-of-bytes.ts';
import { targetsOfFiles } from './targets-of-files.ts';
import { targetsOfTheKernel } from './targets-of-the-kernel.ts';

/** Every parser that reads what others wrote. */
export const fuzzTargets: readonly FuzzTarget[] = [
  ...targetsOfFiles,
  ...targetsOfAugeas,
  ...targetsOfTheKernel,
  ...targetsOfBytes,
];

/** Files of workers/parsers that read nothing by themselves, and why. */
export const noParsers: Readonly<Record<string, string>> = {
  'cpuid-features': 'a list of names',
  'dbus-writer': 'writes what we say',
  'read-range': 'a type',
};
