import { accountLines, parseAccountNumber } from './account-number.ts';

/** One line of /etc/group. */
export interface Group {
  readonly groupname: string;
  readonly gid: number;
  /** User names of the additional members, as listed. */
  readonly members: readonly string[];
}

/** Reads /etc/group (group(5)). A line without a name or with an id that is no number is left out. */
export const parseGroup = (content: string): Group[] =>
  accountLines(content).flatMap((line) => {
    const [groupname = '', , gidField = '', members = ''] = line.split(':');
    // A line may end after the id, where a carriage return would otherwise hide the group.
    const gid = parseAccountNumber(gidField.trimEnd());
    if (groupname === '' || gid === undefined) return [];
    return [{ groupname, gid, members: members.trim().split(',').filter(Boolean) }];
  });
