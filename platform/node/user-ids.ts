import type { UserIds } from '../program-host.ts';
import { readTextFile } from './text-file.ts';

/**
 * User and group that `USER`, `USER:GROUP` or numbers of both name, by /etc/passwd and /etc/group (passwd(5), group(5));
 * without a group that of the user. Undefined when either is not there: users of a directory service are named by
 * numbers, `UID:GID`.
 */
export const userIds = (name: string): UserIds | undefined => {
  const [user = '', group] = name.split(':');
  const account = entryOf('/etc/passwd', user);
  const uid = /^\d+$/.test(user) ? Number(user) : number(account?.[2]);
  const gid = group === undefined ? number(account?.[3]) : groupId(group);
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
};

const groupId = (group: string): number | undefined =>
  /^\d+$/.test(group) ? Number(group) : number(entryOf('/etc/group', group)?.[2]);

/** Fields of the line that begins with this name, or whose third field is this number. */
const entryOf = (file: string, name: string): readonly string[] | undefined =>
  (readTextFile(file) ?? '')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([own, , id]) => own === name || (/^\d+$/.test(name) && id === name));

const number = (field: string | undefined): number | undefined =>
  field !== undefined && /^\d+$/.test(field) ? Number(field) : undefined;
