import { fail, ok, type Result } from '../../protocol/result.ts';
import type { FlagType } from './osquery-flags.ts';

const bounds = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const satisfies Readonly<Record<string, readonly [bigint, bigint]>>;

/** What a flag of a type takes, for messages: "a whole number from 0 to 4294967295". */
export const flagTypeWords = (type: FlagType): string => {
  if (type === 'bool') return 'true or false';
  if (type === 'string') return 'a text';
  const [least, most] = bounds[type];
  return `a whole number from ${least} to ${most}`;
};

/** The value in the one spelling that Leash keeps (`true`, `false`, plain decimals), or what it should have been. */
export const checkFlagValue = (type: FlagType, value: string): Result<string, string> => {
  const refused = fail(flagTypeWords(type));
  if (type === 'string') return ok(value);
  if (type === 'bool') {
    if (/^(true|t|1|yes|y)$/i.test(value)) return ok('true');
    return /^(false|f|0|no|n)$/i.test(value) ? ok('false') : refused;
  }
  if (!/^[+-]?\d{1,20}$/.test(value)) return refused;
  const number = BigInt(value.replace(/^\+/, ''));
  const [least, most] = bounds[type];
  return number >= least && number <= most ? ok(String(number)) : refused;
};
