import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { parseGroup } from '../parsers/group.ts';
import { parsePasswd } from '../parsers/passwd.ts';

/** Where osquery looks. On systems where /bin is a link to /usr/bin, its files show under both paths. */
const directories = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/tmp'];

/** Mode bits of stat(2): the program runs as its owner, as its group. */
const setUid = 0o4000;
const setGid = 0o2000;

export const suidBin: Table = defineTable({
  name: 'suid_bin',
  description: 'Files of the usual program directories, and of /tmp, that run as their owner or group.',
  example: 'SELECT path, username, permissions FROM suid_bin;',
  cacheable: true,
  columns: {
    path: text(),
    username: text(),
    groupname: text(),
    permissions: text(),
    pid_with_namespace: integer({ additional: true, hidden: true }),
  },
  *generate(query) {
    for (const { pid, files } of namespaceRoots(query)) {
      const users = query.uses('username') ? userNames(files) : new Map<number, string>();
      const groups = query.uses('groupname') ? groupNames(files) : new Map<number, string>();
      for (const path of filesBelow(files, directories)) {
        const stat = files.stat(path);
        if (stat?.kind !== 'regular' || (stat.mode & (setUid | setGid)) === 0) continue;
        yield {
          path,
          username: users.get(stat.uid) ?? String(stat.uid),
          groupname: groups.get(stat.gid) ?? String(stat.gid),
          permissions: `${stat.mode & setUid ? 'S' : ''}${stat.mode & setGid ? 'G' : ''}`,
          pid_with_namespace: pid,
        };
      }
    }
  },
});

/**
 * Paths of what may be a file, in these directories and below. Links to files count, links to directories are not gone
 * into, so that the walk ends. What waits to be walked is a list: a tree may be deeper than the stack.
 */
function* filesBelow(files: HostFiles, tops: readonly string[]): Generator<string> {
  const waiting = tops.toReversed();
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    for (const { name, kind } of files.entries(directory) ?? []) {
      const path = `${directory}/${name}`;
      const known = kind === 'unknown' ? files.lstat(path)?.kind : kind;
      if (known === 'directory') waiting.push(path);
      if (known === 'regular' || known === 'symlink') yield path;
    }
  }
}

/** Names by id; the first of several names of an id is the one that the C library gives. */
const userNames = (files: HostFiles): Map<number, string> =>
  new Map(
    parsePasswd(files.readText('/etc/passwd') ?? '')
      .toReversed()
      .map(({ uid, username }) => [uid, username]),
  );

const groupNames = (files: HostFiles): Map<number, string> =>
  new Map(
    parseGroup(files.readText('/etc/group') ?? '')
      .toReversed()
      .map(({ gid, groupname }) => [gid, groupname]),
  );
