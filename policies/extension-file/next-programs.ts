import type { ProgramFacts } from '../../protocol/program-facts.ts';
import { programDirectories } from './program-path.ts';
import { envTarget, programFormat } from './shebang.ts';

/**
 * `extension`: the file that is to be started. `interpreter`: a file that the kernel or env(1) will execute for it.
 * `candidate`: where env(1) looks for one; it may be absent, but whoever could put one there decides what runs.
 * `manifest`: what is read to know what a JavaScript extension may do; it is not executed.
 */
export type ProgramRole = 'extension' | 'interpreter' | 'candidate' | 'manifest';

/** A program of the chain that leads from an extension to the machine code that runs it. */
export interface ChainProgram {
  readonly role: ProgramRole;
  readonly facts: ProgramFacts;
}

/** What has to be looked at because of a program that was. */
export interface NextProgram {
  readonly role: ProgramRole;
  readonly path: string;
}

/** Programs that a chain may have, candidates of every search included. */
export const mostPrograms = 24;

/** A candidate that env(1) would take if it came to it. */
export const isRunnable = ({ trail, mayExecute }: ProgramFacts): boolean =>
  trail.end.reached && trail.end.facts.kind === 'file' && mayExecute;

/**
 * The programs that come into play because of this one. Of a search all places are named, also behind the first hit:
 * then it does not matter that env(1) searches with the rights of another user.
 */
export const nextPrograms = ({ role, facts }: ChainProgram): readonly NextProgram[] => {
  if (role === 'manifest' || facts.head === undefined || (role === 'candidate' && !isRunnable(facts)))
    return [];
  const format = programFormat(facts.head);
  if (format.kind !== 'script') return [];
  const { interpreter, argument } = format;
  const own: NextProgram = { role: 'interpreter', path: interpreter };
  const target = envTarget(interpreter, argument);
  if (target?.kind === 'path') return [own, { role: 'interpreter', path: target.path }];
  if (target?.kind !== 'named') return [own];
  return [
    own,
    ...programDirectories.map((directory) => ({
      role: 'candidate' as const,
      path: `${directory}/${target.name}`,
    })),
  ];
};
