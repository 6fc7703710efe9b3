/** What a component of a path is, by its own inode (a link is a link). */
export type PathKind = 'file' | 'directory' | 'link' | 'socket' | 'fifo' | 'device';

/** The file system that a component lies on, as /proc/self/mountinfo tells (proc_pid_mountinfo(5)). */
export interface MountFacts {
  readonly mountPoint: string;
  /** `ext4`, `fuse.sshfs`, … */
  readonly type: string;
  /** Nothing on it can be executed. */
  readonly noexec: boolean;
  /** The user whose process answers for a FUSE file system, and can answer anything; undefined for all others. */
  readonly servedBy_uid: number | undefined;
}

/** One component of a path, as fstat(2) tells of a descriptor that follows nothing. */
export interface PathFacts {
  /** Absolute, without links before its last name. */
  readonly path: string;
  readonly kind: PathKind;
  readonly uid: number;
  readonly gid: number;
  /**
   * Permission bits with setuid, setgid and sticky: 0 … 07777. Where the file has a POSIX ACL the bits of the group are
   * its mask (acl(5)): no entry of the list grants more to anybody but the owner and others than they show.
   */
  readonly mode: number;
  /** Names of the same inode. */
  readonly links: number;
  /** Device and inode as decimal texts: together they name a file of this host. */
  readonly device: string;
  readonly inode: string;
  /** Undefined where the kernel does not tell. */
  readonly mount: MountFacts | undefined;
}

/** Why a path leads nowhere. */
export type TrailProblem = 'missing' | 'denied' | 'not_a_directory' | 'too_many_links' | 'unreadable';

/**
 * The way that the kernel goes along a path: every component from `/` down in the order of its visits, the links that
 * it follows and what lies on the way to their targets.
 */
export interface Trail {
  /** As it was asked for. */
  readonly path: string;
  /** When the end was reached, it is the last of them. */
  readonly components: readonly PathFacts[];
  readonly end: /** `byLink`: the last name of the path is a link. */
    | { readonly reached: true; readonly facts: PathFacts; readonly byLink: boolean }
    | { readonly reached: false; readonly component: string; readonly problem: TrailProblem };
}
