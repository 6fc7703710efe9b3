import { accountLines, parseAccountNumber, signedAccountNumber } from './account-number.ts';

/** What a password field says: no hash is ever kept. */
export type PasswordStatus = 'active' | 'empty' | 'locked' | 'not_set';

/** One line of /etc/shadow, without the hash. Days since 1970-01-01 or numbers of days; -1 where the field is empty. */
export interface ShadowEntry {
  readonly username: string;
  readonly password_status: PasswordStatus;
  /** Prefix of the hash in crypt(5), such as `6` or `y`; undefined for a hash without one, or none. */
  readonly hash_alg: string | undefined;
  readonly last_change: number;
  readonly min: number;
  readonly max: number;
  readonly warning: number;
  readonly inactive: number;
  readonly expire: number;
  readonly flag: number;
}

/** Reads /etc/shadow (shadow(5)). A line with a number that is none is left out; a name may be empty. */
export const parseShadow = (content: string): ShadowEntry[] =>
  accountLines(content).flatMap((line) => {
    const [username = '', password = '', ...fields] = line.split(':');
    const numbers = Array.from({ length: 7 }, (_, index) => parseDays(fields[index] ?? ''));
    if (fields.length === 0 || numbers.includes(undefined)) return [];
    const [last_change = -1, min = -1, max = -1, warning = -1, inactive = -1, expire = -1, flag = -1] =
      numbers;
    const days = { last_change, min, max, warning, inactive, expire, flag };
    return [{ username, password_status: statusOf(password), hash_alg: algorithmOf(password), ...days }];
  });

/** The C library keeps 32 bits of a number, with a sign. */
const parseDays = (field: string): number | undefined => {
  const text = field.replace(/\r$/, '');
  if (text === '') return -1;
  const number = parseAccountNumber(text);
  return number === undefined ? undefined : signedAccountNumber(number);
};

/** osquery's words; `!!` is what the Red Hat family writes for an account that never had a password. */
const statusOf = (password: string): PasswordStatus => {
  if (password === '!!') return 'not_set';
  if (password === '') return 'empty';
  return /^[!*x]/.test(password) ? 'locked' : 'active';
};

const algorithmOf = (password: string): string | undefined => /^\$(\w+)\$/.exec(password)?.[1];
