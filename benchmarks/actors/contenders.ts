import type { Across, Inside } from './contender.ts';
import { acrossQuestions, insideQuestions, type Question } from './questions.ts';

/** A contender that has started, and what it is asked. */
export interface Started {
  readonly questions: readonly Question[];
  close(): Promise<void>;
}

/** Loads and starts a contender: only the one that is measured. */
type Start = () => Promise<Started>;

const inside = async <Ref>(contender: Inside<Ref>): Promise<Started> => ({
  questions: await insideQuestions(contender),
  close: () => contender.close(),
});

const across = async (starting: Promise<Across>): Promise<Started> => {
  const contender = await starting;
  // An answer says that the other process is there: its start is not measured.
  await contender.ask();
  return { questions: acrossQuestions(contender), close: () => contender.close() };
};

/** By where their actors are, and by name; the floor first, then ours. */
export const contenders: Readonly<Record<'inside' | 'across', Readonly<Record<string, Start>>>> = {
  inside: {
    'bare queue': async () => inside((await import('./inside/queue.ts')).queue()),
    leash: async () => inside((await import('./inside/leash.ts')).leash()),
    nact: async () => inside((await import('./inside/nact.ts')).nact()),
    xstate: async () => inside((await import('./inside/xstate.ts')).xstate()),
    comedy: async () => inside(await (await import('./inside/comedy.ts')).comedy()),
  },
  across: {
    'bare frames': async () => across((await import('./across/frames.ts')).frames()),
    leash: async () => across((await import('./across/leash.ts')).leash()),
    'fork IPC': async () => across((await import('./across/fork-ipc.ts')).forkIpc()),
    comedy: async () => across((await import('./across/comedy.ts')).comedy()),
  },
};
