import { compareVersions, type VersionFlavour, versionRules } from '../version-compare.ts';
import type { ScalarFunction } from './function.ts';

const flavours: ReadonlyMap<string, VersionFlavour> = new Map([
  ['ARCH', 'VERSION_ARCH'],
  ['DPKG', 'VERSION_DPKG'],
  ['RHEL', 'VERSION_RHEL'],
]);

const versionCompare: ScalarFunction = {
  name: 'version_compare',
  arity: -1,
  call: (left, right, flavour) => {
    if (typeof left !== 'string' || typeof right !== 'string') {
      throw new Error('Must provide two version strings to compare.');
    }
    return Math.sign(compareVersions(bytesOf(left), bytesOf(right), versionRules[flavourOf(flavour)]));
  },
};

const flavourOf = (flavour: unknown): VersionFlavour => {
  if (flavour === undefined) return 'VERSION';
  if (typeof flavour !== 'string') throw new Error('The optional third parameter is not a string.');
  const known = flavours.get(flavour.toUpperCase());
  if (known === undefined) {
    throw new Error('The optional third parameter does not match one of: (ARCH, DPKG, RHEL).');
  }
  return known;
};

/** One character for each byte of the UTF-8 form: versions are compared by bytes. */
const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

export const versionFunctions: readonly ScalarFunction[] = [versionCompare];
