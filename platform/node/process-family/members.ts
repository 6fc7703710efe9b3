import type { ProcessIdentity } from '../../../protocol/sample.ts';

/** A process as /proc shows it; see proc_pid_stat(5). */
export interface ProcessEntry extends ProcessIdentity {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Dead, and not yet waited for by its parent. */
  readonly isZombie: boolean;
  /** Marks (`LEASH_…=value`) in the environment that it was started with. */
  readonly marks: readonly string[];
}

/** Who is known to belong: by identity, so that a later process with the same number does not. */
export class KnownMembers {
  readonly #startOf = new Map<number, number>();

  constructor(leader: ProcessIdentity) {
    this.add(leader);
  }

  add({ pid, startTicks }: ProcessIdentity): void {
    this.#startOf.set(pid, startTicks);
  }

  has({ pid, startTicks }: ProcessIdentity): boolean {
    return this.#startOf.get(pid) === startTicks;
  }

  /** Forgets those that are gone. */
  keepOnly(present: readonly ProcessIdentity[]): void {
    const startOf = new Map(present.map(({ pid, startTicks }) => [pid, startTicks]));
    for (const [pid, startTicks] of this.#startOf)
      if (startOf.get(pid) !== startTicks) this.#startOf.delete(pid);
  }
}

/** What a family is told by, beside who is known. */
export interface FamilyTies {
  readonly leader: ProcessIdentity;
  readonly mark: string;
  readonly inCgroup: ReadonlySet<number>;
}

/**
 * Who of all processes belongs to the family, zombies included: who is known, marked or in the family's cgroup, and
 * whose parent does, or the leader of whose group or session does. The leader of the family began a session, so that
 * its number means nobody else while a member is in it (a pid is not given anew while a group or session has it).
 */
export const familyMembers = (
  all: readonly ProcessEntry[],
  known: KnownMembers,
  { leader, mark, inCgroup }: FamilyTies,
): readonly ProcessEntry[] => {
  const members = new Map<number, ProcessEntry>();
  const isOne = ({ pid, startTicks, parent, group, session, marks }: ProcessEntry): boolean => {
    if (marks.includes(mark) || inCgroup.has(pid) || known.has({ pid, startTicks })) return true;
    // Only what began after the leader can be in a group or session of its number.
    if (startTicks >= leader.startTicks && (group === leader.pid || session === leader.pid)) return true;
    return [parent, group, session].some((relative) => members.has(relative));
  };
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const entry of all) if (!members.has(entry.pid) && isOne(entry)) members.set(entry.pid, entry);
  }
  return [...members.values()];
};
