import { createInterface } from 'node:readline';
import type { PagerScreen } from './pager.ts';

/** What the shell's input asks the shell while it reads. */
export interface Conversation {
  /** Text before the next line, on a terminal. */
  prompt(): string;
  /** The lines of the statement so far. */
  readonly before: string;
  /** Columns by table, of tables beside the built-in ones, as they are now. */
  addedColumns(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Ctrl-C was pressed at a prompt. */
  interrupted(lineWasEmpty: boolean): 'stay' | 'leave';
}

/** Where the shell reads from when no SQL is among its arguments. */
export interface ShellInput {
  /** Lines until the input ends. */
  lines(conversation: Conversation): AsyncIterable<string>;
  /** The person at the terminal, if there is one. */
  readonly person: ShellPerson | undefined;
}

/** Somebody who sees the output while it comes, and can stop it. */
export interface ShellPerson extends PagerScreen {
  /** Does something that Ctrl-C aborts. */
  interruptible<T>(work: (signal: AbortSignal, stop: () => void) => Promise<T>): Promise<T>;
}

/** Reads a script from a stream. */
export const streamInput = (input: NodeJS.ReadableStream): ShellInput => ({
  person: undefined,
  async *lines() {
    for await (const line of createInterface({ input, terminal: false })) yield line;
  },
});
