import type { ProgramFacts } from '../protocol/program-facts.ts';
import type { Failure, Result } from '../protocol/result.ts';
import type { ProcessIdentity } from '../protocol/sample.ts';

/** How a program ended. */
export interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last bytes of its standard error and output, as they came. */
  readonly outputTail: string;
}

/** A user and a group by their numbers. */
export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/** What a program is started with. */
export interface ProgramStart {
  /** `descriptor`: exactly the file that was opened, whatever stands at the path now. `path`: what stands there. */
  readonly by: 'descriptor' | 'path';
  readonly args: readonly string[];
  /** All that it gets besides the marker of this supervisor. */
  readonly environment: Readonly<Record<string, string>>;
  /** Directory of the supervisor's store, for the marker. */
  readonly store: string;
  /** Another user, for a supervisor of root. It keeps no supplementary group. */
  readonly runAs?: UserIds;
  /** It may have rights that its user does not: setuid bits and file capabilities are let pass. */
  readonly mayGainPrivileges: boolean;
  /** Called once, never before `start` has resolved. */
  readonly exited: (exit: ProgramExit) => void;
}

/** A started program: leader of a session and of a process group of its own. */
export interface StartedProgram {
  readonly identity: ProcessIdentity;
  /** The last bytes of its output so far. */
  outputTail(): string;
  /**
   * To its whole process group; false when nobody could be told. Nothing happens once its exit was told: the number may
   * be another's by then.
   */
  signalGroup(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean;
}

export type StartFailure = Failure<'not_started' | 'gained_privileges'>;

/** A program that was looked at, with its file held open. */
export interface OpenProgram {
  readonly facts: ProgramFacts;
  /** The whole file that was opened; undefined when it was not, or is larger. */
  text(max_bytes: number): string | undefined;
  start(options: ProgramStart): Promise<Result<StartedProgram, StartFailure>>;
  /** To be called once, also after `start`. */
  close(): void;
}

/** Opens programs to be judged and started. */
export interface ProgramHost {
  /** The Node that runs this process. */
  readonly node: string;
  open(path: string): OpenProgram;
  /** Entries of a directory in name order; undefined when the path is none or may not be read. */
  list(path: string): readonly ListedEntry[] | undefined;
}

/** A name in a directory. A link is no directory, wherever it leads. */
export interface ListedEntry {
  readonly name: string;
  readonly isDirectory: boolean;
}
