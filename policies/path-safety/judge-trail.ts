import type { PathFacts, PathKind, Trail, TrailProblem } from '../../protocol/path-facts.ts';
import { type Check, octal, shellWord } from './check.ts';

/** Write permission of group and others. */
export const othersWrite = 0o022;
const stickyBit = 0o1000;

/** What is asked of a path. */
export interface TrailRule {
  /** What must stand at its end. */
  readonly kind: PathKind;
  /** Root may own the end even when the daemon is another user's. */
  readonly rootToo: boolean;
  /** Permission bits that the end must not have. */
  readonly forbidden: number;
  /** What sets the permissions right: the argument of chmod(1). */
  readonly mend: string;
  /**
   * `replaceable`: directories in which everybody may add names, but with the sticky bit nobody can replace ours
   * (/tmp), are good enough. `strict`: they are not, since what is not there yet could be put there.
   */
  readonly way: 'replaceable' | 'strict';
  /** Whether the last name may be a link. */
  readonly links: 'followed' | 'not_last';
}

/**
 * Holds a rule against a path for a daemon of user `uid`; one check for each thing that was looked at, in the order of
 * the way.
 *
 * Sound against everybody but root and `uid` although files change while they are looked at: `/` is safe, and an entry
 * of a safe directory can be changed by these two alone. So by induction from `/` down, what was seen of each component
 * holds until they change it, or the first one that is not safe is seen as such.
 */
export const judgeTrail = (trail: Trail, uid: number, rule: TrailRule): readonly Check[] => {
  const { path, components, end } = trail;
  const about = { path, uid, rule };
  const way = end.reached ? components.slice(0, -1) : components;
  return [
    ...way
      .filter((facts, index) => way.findIndex((other) => other.path === facts.path) === index)
      .flatMap((facts) => judgeWay(facts, about)),
    ...(end.reached
      ? judgeEnd(end.facts, end.byLink, about)
      : [notReached(path, end.component, end.problem)]),
  ];
};

interface About {
  readonly path: string;
  readonly uid: number;
  readonly rule: TrailRule;
}

/** Whoever may write a directory on the way can put something else in the end's place. */
const judgeWay = (facts: PathFacts, about: About): readonly Check[] => [
  judgeOwner(facts, about, [0, about.uid], 'move the file to where the whole way belongs to root'),
  ...judgeMount(facts, about),
  // The bits of a link mean nothing: whoever may write its directory can change it.
  ...(facts.kind === 'link' ? [] : [judgeDirectory(facts, about)]),
];

const judgeDirectory = (facts: PathFacts, { path, rule }: About): Check => {
  const { path: component, mode } = facts;
  const open = (mode & othersWrite) !== 0;
  const sticky = open && (mode & stickyBit) !== 0;
  return {
    rule: sticky ? 'sticky' : 'writable',
    path,
    component,
    passed: !open || (sticky && rule.way === 'replaceable'),
    actual: `mode ${octal(mode)}`,
    required: 'no write permission for group or others',
    remedy: sticky
      ? `keep it elsewhere, everybody may add names in ${shellWord(component)}`
      : `chmod go-w ${shellWord(component)}`,
  };
};

const judgeEnd = (facts: PathFacts, byLink: boolean, about: About): readonly Check[] => {
  const { path, uid, rule } = about;
  const word = shellWord(facts.path);
  const owners = rule.rootToo ? [0, uid] : [uid];
  const kind: Check = {
    rule: 'kind',
    path,
    component: facts.path,
    passed: facts.kind === rule.kind,
    actual: kindWords[facts.kind],
    required: kindWords[rule.kind],
    remedy: `put ${kindWords[rule.kind]} in its place`,
  };
  const linked = byLink && rule.links === 'not_last';
  return [
    ...(linked
      ? [{ ...kind, rule: 'link', component: path, passed: false, actual: kindWords.link } as const]
      : []),
    kind,
    judgeOwner(facts, about, owners, `chown ${uid} ${word}`),
    ...judgeMount(facts, about),
    {
      rule: 'mode',
      path,
      component: facts.path,
      passed: (facts.mode & rule.forbidden) === 0,
      actual: `mode ${octal(facts.mode)}`,
      required:
        rule.forbidden === othersWrite
          ? 'no write permission for group or others'
          : 'no permission for group or others',
      remedy: `chmod ${rule.mend} ${word}`,
    },
  ];
};

const judgeOwner = (
  facts: PathFacts,
  { path }: About,
  allowed: readonly number[],
  remedy: string,
): Check => ({
  rule: 'owner',
  path,
  component: facts.path,
  passed: allowed.includes(facts.uid),
  actual: `owner ${userName(facts.uid)}`,
  required: `owner ${[...new Set(allowed)].map(userName).join(' or ')}`,
  remedy,
});

/** Owners and modes on a FUSE file system are what the process of its user says they are. */
const judgeMount = ({ path: component, mount }: PathFacts, { path, uid }: About): readonly Check[] => {
  const server = mount?.servedBy_uid;
  if (mount === undefined || server === undefined) return [];
  return [
    {
      rule: 'user_mount',
      path,
      component,
      passed: server === 0 || server === uid,
      actual: `on a FUSE file system of ${userName(server)}`,
      required: "no file system that another user's process answers for",
      remedy: `umount ${shellWord(mount.mountPoint)}, or keep the file elsewhere`,
    },
  ];
};

const notReached = (path: string, component: string, problem: TrailProblem): Check => ({
  rule: 'reached',
  path,
  component,
  passed: false,
  actual: problemWords[problem],
  required: 'a file that can be looked at',
  remedy: problem === 'missing' ? 'name another path, or install it' : 'name another path',
});

const userName = (uid: number): string => (uid === 0 ? 'root' : `uid ${uid}`);

const kindWords: Readonly<Record<PathKind, string>> = {
  file: 'a regular file',
  directory: 'a directory',
  link: 'a symbolic link',
  socket: 'a socket',
  fifo: 'a FIFO',
  device: 'a device',
};

const problemWords: Readonly<Record<TrailProblem, string>> = {
  missing: 'not there',
  denied: 'permission denied',
  not_a_directory: 'no directory',
  too_many_links: 'too many symbolic links',
  unreadable: 'not readable',
};
