import { cutAtNul } from '../../protocol/cut-at-nul.ts';

/**
 * A number of an account file as the C library reads it (strtoul(3), base 10): blanks, a sign and zeros may stand before it,
 * and 0 … 2^32 - 1 is what it may come to. Whoever wants to hide a second root writes ` 0`, `+0` or `00000000000`.
 * Undefined for anything else, so that a damaged line never becomes uid 0.
 */
export const parseAccountNumber = (field: string): number | undefined => {
  const [, sign, digits = ''] = /^[ \t\v\f\r]*([+-]?)0*(\d{1,20})$/.exec(field) ?? [];
  if (digits === '') return undefined;
  const magnitude = BigInt(digits);
  if (magnitude > most) return undefined;
  // A minus counts down from 2^64, as strtoul(3) says.
  const value = sign === '-' ? BigInt.asUintN(64, -magnitude) : magnitude;
  return value <= 0xffff_ffffn ? Number(value) : undefined;
};

const most = 2n ** 64n - 1n;

/** The same id as a signed 32-bit number: 4294967294 is -2, as old systems wrote `nobody`. */
export const signedAccountNumber = (id: number): number => id | 0;

/**
 * Lines of an account file that name an account: blanks in front are skipped; empty lines, comments and the
 * `+` and `-` markers of nss_compat (an instruction to include a directory service) are none. A carriage return
 * at the end of a line stays, because the C library keeps it as well: the last field really ends with it. A NUL ends a line.
 */
export const accountLines = (content: string): string[] =>
  content
    .split('\n')
    .map((line) => cutAtNul(line.replace(/^[ \t\v\f\r]+/, '')))
    .filter((line) => line !== '' && !/^[#+-]/.test(line));
