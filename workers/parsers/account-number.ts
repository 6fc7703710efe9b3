/**
 * A user or group id as account files write it: decimal, 0 … 2^32 - 1. Undefined for anything else, so that a
 * damaged line never becomes uid 0.
 */
export const parseAccountNumber = (field: string): number | undefined => {
  if (!/^\d{1,10}$/.test(field)) return undefined;
  const number = Number(field);
  return number <= 0xffff_ffff ? number : undefined;
};

/** The same id as a signed 32-bit number: 4294967294 is -2, as old systems wrote `nobody`. */
export const signedAccountNumber = (id: number): number => id | 0;

/**
 * Lines of an account file that name an account: blanks in front are skipped; empty lines, comments and the
 * `+` and `-` markers of nss_compat (an instruction to include a directory service) are none. A carriage return
 * at the end of a line stays, because the C library keeps it as well: the last field really ends with it.
 */
export const accountLines = (content: string): string[] =>
  content
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !/^[#+-]/.test(line));
