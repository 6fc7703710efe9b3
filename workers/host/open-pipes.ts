/** A descriptor of a process that is a pipe's end. */
export interface OpenPipe {
  readonly pid: number;
  readonly fd: number;
  /** `r`, `w` or `rw`. */
  readonly mode: string;
  /** Number of the file system that `inode` is of; 0 for an anonymous pipe. */
  readonly device: bigint;
  readonly inode: bigint;
  readonly type: 'anonymous' | 'named';
}

/** An end of a pipe with one of its partners, or with none. */
export interface PairedPipe {
  readonly pipe: OpenPipe;
  readonly partner: OpenPipe | undefined;
}

/**
 * Pairs every end with each end of another mode on the same inode; two that are open for both are partners, too. An
 * end that nobody else holds stands alone. Ends that only have others of their own kind are left out, as in osquery,
 * which takes equal inodes of two file systems for one pipe.
 */
export function* pairPipes(pipes: readonly OpenPipe[]): Generator<PairedPipe> {
  const byPipe = Map.groupBy(pipes, pipeOf);
  for (const pipe of pipes) {
    const ends = byPipe.get(pipeOf(pipe)) ?? [];
    if (ends.length === 1) yield { pipe, partner: undefined };
    for (const partner of ends) {
      if (partner !== pipe && (partner.mode !== pipe.mode || pipe.mode === 'rw')) yield { pipe, partner };
    }
  }
}

const pipeOf = ({ device, inode }: OpenPipe): string => `${device}:${inode}`;
