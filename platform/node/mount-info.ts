import type { MountFacts } from '../../protocol/path-facts.ts';

/**
 * Mounts by their id, from the text of /proc/self/mountinfo: `id parent major:minor root mount-point options
 * [tags…] - type source super-options` (proc_pid_mountinfo(5)).
 */
export const parseMountInfo = (text: string): ReadonlyMap<number, MountFacts> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const [own = '', fileSystem = ''] = line.split(' - ');
      const [id = '', , , , mountPoint, options = ''] = own.split(' ');
      const [type, , superOptions = ''] = fileSystem.split(' ');
      if (mountPoint === undefined || type === undefined) return [];
      const facts: MountFacts = {
        mountPoint: unescaped(mountPoint),
        type,
        noexec: options.split(',').includes('noexec'),
        servedBy_uid: /^fuse(blk)?(\.|$)/.test(type) ? fuseUser(superOptions) : undefined,
      };
      return [[Number(id), facts] as const];
    }),
  );

/** `user_id` is always there (fs/fuse/inode.c); should it ever not be, nobody is trusted to answer. */
const fuseUser = (superOptions: string): number =>
  Number(/(?:^|,)user_id=(\d+)/.exec(superOptions)?.[1] ?? -1);

/** Space, tab, newline and backslash are written as three octal digits. */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
