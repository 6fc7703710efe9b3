/** Controllers that Leash asks for. */
export type Controller = 'memory' | 'cpu' | 'pids';

export const controllers: readonly Controller[] = ['memory', 'cpu', 'pids'];

/** Our own groups: one directory for all controllers in version 2, one for each in version 1. */
export type CgroupPlaces =
  | { readonly version: 1; readonly directories: Readonly<Partial<Record<Controller, string>>> }
  | { readonly version: 2; readonly directory: string };

interface Mount {
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly superOptions: readonly string[];
}

interface Membership {
  /** Empty for version 2. */
  readonly controllers: readonly string[];
  readonly path: string;
}

/**
 * Where our own groups are, from the texts of /proc/self/cgroup and /proc/self/mountinfo (cgroups(7),
 * proc_pid_mountinfo(5)); undefined without any. On a host that has both versions the controllers belong to the
 * first, so version 2 is told only where no controller of ours has a hierarchy of version 1.
 */
export const cgroupPlaces = (cgroup: string, mountinfo: string): CgroupPlaces | undefined => {
  const mounts = mountinfo.split('\n').flatMap(parseMount);
  const memberships = cgroup.split('\n').flatMap(parseMembership);
  const directories: Partial<Record<Controller, string>> = {};
  for (const controller of controllers) {
    const membership = memberships.find((each) => each.controllers.includes(controller));
    const mount = mounts.find(
      ({ type, superOptions }) => type === 'cgroup' && superOptions.includes(controller),
    );
    if (membership !== undefined && mount !== undefined)
      directories[controller] = within(mount, membership.path);
  }
  if (Object.keys(directories).length > 0) return { version: 1, directories };
  const unified = memberships.find((each) => each.controllers.length === 0);
  const mount = mounts.find(({ type }) => type === 'cgroup2');
  if (unified === undefined || mount === undefined) return undefined;
  return { version: 2, directory: within(mount, unified.path) };
};

/** `<id> <parent> <dev> <root> <point> <options> <optional>… - <type> <source> <super options>` */
const parseMount = (line: string): readonly Mount[] => {
  const [before = '', after] = line.split(' - ');
  if (after === undefined) return [];
  const [, , , root = '/', point = ''] = before.split(' ').map(unescaped);
  const [type = '', , superOptions = ''] = after.split(' ');
  return [{ root, point, type, superOptions: superOptions.split(',') }];
};

/** Blanks and backslashes of a path are written in octal. */
const unescaped = (field: string): string =>
  field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** `<n>:<controllers>:<path>` */
const parseMembership = (line: string): readonly Membership[] => {
  const [, names, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
  if (names === undefined || path === undefined) return [];
  return [{ controllers: names === '' ? [] : names.split(','), path }];
};

/** In a container the mount may show only a part of the hierarchy: what lies above its root is not there. */
const within = ({ root, point }: Mount, path: string): string => {
  const below = root === '/' ? path : path.startsWith(`${root}/`) ? path.slice(root.length) : '/';
  return below === '/' ? point : `${point}${below}`;
};
