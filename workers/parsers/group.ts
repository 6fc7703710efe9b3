import { accountLines, parseAccountNumber } from './account-number.ts';

/** One line of /etc/group. */
export interface Group {
  readonly groupname: string;
  readonly gid: number;
  /** User names of the additional members, as listed. */
  readonly members: readonly string[];
}

/** Reads /etc/group (group(5)). A line with an id that is no number is left out; a name may be empty. */
export const parseGroup = (content: string): Group[] =>
  accountLines(content).flatMap((line) => {
    const [groupname = '', , gidField = '', ...members] = line.split(':');
    // A line may end after the id, where a carriage return would otherwise hide the group.
    const gid = parseAccountNumber(gidField.replace(/\r$/, ''));
    if (gid === undefined) return [];
    // As in the C library, the members are the rest of the line, and blanks before one are none of its name.
    const names = members.join(':').replace(/\r$/, '').split(',');
    return [{ groupname, gid, members: names.map((name) => name.trimStart()).filter(Boolean) }];
  });
