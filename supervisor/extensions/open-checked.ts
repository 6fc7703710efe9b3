import type {
  OpenProgram,
  ProgramHost,
  ProgramStart,
  StartedProgram,
  StartFailure,
} from '../../platform/program-host.ts';
import {
  type ExtensionJudgement,
  type ExtensionRules,
  judgeExtension,
} from '../../policies/extension-file/judge-extension.ts';
import {
  type ChainProgram,
  mostPrograms,
  nextPrograms,
} from '../../policies/extension-file/next-programs.ts';
import { programDirectories } from '../../policies/extension-file/program-path.ts';
import { describeRefusal } from '../../policies/path-safety/check.ts';
import { type Failure, fail, type Result } from '../../protocol/result.ts';

/** An extension's file with everything that runs because of it, looked at and judged. */
export interface CheckedExtension {
  readonly chain: readonly ChainProgram[];
  readonly judgement: ExtensionJudgement;
}

/** Looks at an extension and its chain of interpreters and judges them. Starts nothing. */
export const checkExtension = (host: ProgramHost, path: string, rules: ExtensionRules): CheckedExtension => {
  const { program, ...checked } = openChecked(host, path, rules);
  program.close();
  return checked;
};

/** What an extension is started with, besides its file. */
export type ExtensionStart = Pick<ProgramStart, 'args' | 'store' | 'runAs' | 'exited'> & {
  readonly supervisorPid: number;
  /** Tells this start from every other, as LEASH_EXTENSION in the environment of all that it starts. */
  readonly mark: string;
  /** Time zone of the daemon (`TZ`), if it has one. */
  readonly timeZone: string | undefined;
};

export type CheckedStart = Result<StartedProgram, StartFailure | Failure<'refused'>>;

/**
 * Checks an extension and starts what was checked: through the descriptor that was judged, or, for a script, by its
 * path. Every start is checked anew.
 */
export const startChecked = async (
  host: ProgramHost,
  path: string,
  rules: ExtensionRules,
  start: ExtensionStart,
): Promise<{ readonly judgement: ExtensionJudgement; readonly started: CheckedStart }> => {
  const { program, judgement } = openChecked(host, path, rules);
  try {
    const [refusal] = judgement.refusals;
    if (refusal !== undefined) {
      return {
        judgement,
        started: fail({ reason: 'refused', message: `${path} is not started: ${describeRefusal(refusal)}.` }),
      };
    }
    const { args, store, runAs, exited } = start;
    const started = await program.start({
      by: judgement.startBy,
      args,
      store,
      exited,
      environment: extensionEnvironment(start),
      mayGainPrivileges: rules.allowUnsafe,
      ...(runAs === undefined ? {} : { runAs }),
    });
    return { judgement, started };
  } finally {
    program.close();
  }
};

/** The caller closes `program`. */
const openChecked = (
  host: ProgramHost,
  path: string,
  rules: ExtensionRules,
): CheckedExtension & { readonly program: OpenProgram } => {
  const program = host.open(path);
  const chain: ChainProgram[] = [{ role: 'extension', facts: program.facts }];
  const known = new Set([path]);
  for (let index = 0; index < chain.length && chain.length <= mostPrograms; index += 1) {
    const current = chain[index];
    if (current === undefined) break;
    for (const next of nextPrograms(current)) {
      if (known.has(next.path)) continue;
      known.add(next.path);
      const opened = host.open(next.path);
      opened.close();
      chain.push({ role: next.role, facts: opened.facts });
    }
  }
  return { program, chain, judgement: judgeExtension(chain, rules) };
};

/**
 * The whole environment of an extension. HOME is `/`, which root alone may write: Python and Node load modules from
 * below a user's home. OSQUERY_EXTENSION is how an osquery extension knows that a daemon started it.
 */
export const extensionEnvironment = ({
  supervisorPid,
  mark,
  timeZone,
}: Pick<ExtensionStart, 'supervisorPid' | 'mark' | 'timeZone'>): Readonly<Record<string, string>> => ({
  PATH: programDirectories.join(':'),
  HOME: '/',
  LANG: 'C.UTF-8',
  OSQUERY_EXTENSION: String(supervisorPid),
  LEASH_EXTENSION: mark,
  ...(timeZone === undefined ? {} : { TZ: timeZone }),
});
