import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readlinkSync,
} from 'node:fs';
import type { MountFacts, PathFacts, PathKind, Trail, TrailProblem } from '../../protocol/path-facts.ts';
import { parseMountInfo } from './mount-info.ts';

/** O_PATH of open(2), the same on every architecture that Node runs on here; Node has no name for it. */
const O_PATH = 0o10000000;
/** Looks at a file of any kind without opening it: no FIFO waits, no device notices. */
const look = O_PATH | constants.O_NOFOLLOW;
/** Links that the kernel follows along one path (MAXSYMLINKS, linux/namei.h). */
const mostLinks = 40;

/** A trail and a descriptor (O_PATH) of what stands at its end; whoever walked closes it. */
export interface Walk {
  readonly trail: Trail;
  readonly descriptor: number | undefined;
}

/** Walks along a path as the kernel does, name by name, and looks at every component itself. */
export const walkPath = (path: string): Walk => {
  const components: PathFacts[] = [];
  const stopped = (component: string, problem: TrailProblem): Walk => ({
    trail: { path, components, end: { reached: false, component, problem } },
    descriptor: undefined,
  });
  if (!path.startsWith('/') || path.includes('\0')) return stopped(path, 'missing');
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  // What is left to walk, the next name last.
  const names = namesOf(path);
  let place = '/';
  let links = 0;
  let byLink = false;
  for (let name = ''; ; name = names.pop() ?? '') {
    if (name === '..') place = parentOf(place);
    else if (name !== '') place = place === '/' ? `/${name}` : `${place}/${name}`;
    const seen = lookAt(place, mounts);
    if ('problem' in seen) return stopped(place, seen.problem);
    const { facts, descriptor } = seen;
    components.push(facts);
    if (facts.kind === 'link') {
      closeSync(descriptor);
      links += 1;
      if (links > mostLinks) return stopped(place, 'too_many_links');
      byLink ||= names.length === 0;
      const target = targetOf(place);
      if (target === undefined) return stopped(place, 'unreadable');
      place = target.startsWith('/') ? '/' : parentOf(place);
      // The target's first directory is looked at like every other, also when it has no further name.
      names.push(...namesOf(target), '');
      continue;
    }
    if (names.length === 0) {
      return { trail: { path, components, end: { reached: true, facts, byLink } }, descriptor };
    }
    closeSync(descriptor);
    if (facts.kind !== 'directory') return stopped(place, 'not_a_directory');
  }
};

/** The way along a path of this host. */
export const readTrail = (path: string): Trail => {
  const { trail, descriptor } = walkPath(path);
  if (descriptor !== undefined) closeSync(descriptor);
  return trail;
};

/** In reverse, so that the next one is popped. */
const namesOf = (path: string): string[] =>
  path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .reverse();

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

const lookAt = (
  path: string,
  mounts: ReadonlyMap<number, MountFacts>,
): { readonly facts: PathFacts; readonly descriptor: number } | { readonly problem: TrailProblem } => {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, look);
    const stat = fstatSync(descriptor, { bigint: true });
    return { facts: pathFactsOf(path, stat, mounts.get(mountOf(descriptor))), descriptor };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    return { problem: problemOf(error) };
  }
};

const pathFactsOf = (path: string, stat: BigIntStats, mount: MountFacts | undefined): PathFacts => ({
  path,
  kind: kindOf(stat),
  uid: Number(stat.uid),
  gid: Number(stat.gid),
  mode: Number(stat.mode) & 0o7777,
  links: Number(stat.nlink),
  device: `${stat.dev}`,
  inode: `${stat.ino}`,
  mount,
});

const kindOf = (stat: BigIntStats): PathKind => {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'link';
  if (stat.isSocket()) return 'socket';
  return stat.isFIFO() ? 'fifo' : 'device';
};

/** The mount that an open file lies on, whatever else is mounted above or below it: proc_pid_fdinfo(5). */
const mountOf = (descriptor: number): number =>
  Number(/^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1] ?? -1);

const targetOf = (link: string): string | undefined => {
  try {
    return readlinkSync(link);
  } catch {
    // It was a link a moment ago and is none now: somebody changes it, and the trail says that it leads nowhere.
    return undefined;
  }
};

const problemOf = (error: unknown): TrailProblem => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENAMETOOLONG') return 'missing';
  if (code === 'EACCES' || code === 'EPERM') return 'denied';
  if (code === 'ENOTDIR') return 'not_a_directory';
  return code === 'ELOOP' ? 'too_many_links' : 'unreadable';
};
