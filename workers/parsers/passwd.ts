import { accountLines, parseAccountNumber } from './account-number.ts';

/** One line of /etc/passwd. */
export interface Account {
  readonly username: string;
  readonly uid: number;
  readonly gid: number;
  /** The GECOS field as it stands, commas included. */
  readonly description: string;
  readonly directory: string;
  readonly shell: string;
}

/**
 * Reads /etc/passwd (passwd(5)). Fields after the group id may be missing; a line with ids that are no numbers is left out.
 * A name may be empty: the C library has such an account.
 */
export const parsePasswd = (content: string): Account[] =>
  accountLines(content).flatMap((line) => {
    const [username = '', , uidField = '', gidField = '', description = '', directory = '', ...shell] =
      line.split(':');
    const uid = parseAccountNumber(uidField);
    const gid = parseAccountNumber(gidField);
    if (uid === undefined || gid === undefined) return [];
    // The shell is the rest of the line, colons included: nothing follows it.
    return [{ username, uid, gid, description, directory, shell: shell.join(':') }];
  });
