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
  directoryOf,
  type ExtensionManifest,
  type ManifestFailure,
  manifestMax_bytes,
  manifestPath,
  parseManifest,
  permissionArguments,
} from '../../policies/extension-file/manifest.ts';
import {
  type ChainProgram,
  mostPrograms,
  nextPrograms,
} from '../../policies/extension-file/next-programs.ts';
import { programDirectories } from '../../policies/extension-file/program-path.ts';
import { describeRefusal } from '../../policies/path-safety/check.ts';
import { networkVariable } from '../../protocol/extension/environment.ts';
import type { ProgramFacts } from '../../protocol/program-facts.ts';
import { type Failure, fail, type Result } from '../../protocol/result.ts';

/** An extension's file with everything that runs because of it, looked at and judged. */
export interface CheckedExtension {
  readonly chain: readonly ChainProgram[];
  readonly judgement: ExtensionJudgement;
  /** What a manifest permits; undefined: there is none, or none that is understood. */
  readonly permitted: Permitted | undefined;
}

/** The manifest of a JavaScript extension, and the file that it is for, by its own path. */
export interface Permitted {
  readonly manifest: ExtensionManifest;
  readonly file: string;
}

/** Looks at an extension and its chain of interpreters and judges them. Starts nothing. */
export const checkExtension = (host: ProgramHost, path: string, rules: ExtensionRules): CheckedExtension => {
  const { program, node, ...checked } = openChecked(host, path, rules);
  program.close();
  node?.close();
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
 * path. One with a manifest is run by the Node that runs this process, whose permission model the manifest is for: the
 * one that its first line names may be too old to deny anything. Every start is checked anew.
 */
export const startChecked = async (
  host: ProgramHost,
  path: string,
  rules: ExtensionRules,
  start: ExtensionStart,
): Promise<{ readonly judgement: ExtensionJudgement; readonly started: CheckedStart }> => {
  const { program, node, judgement, permitted } = openChecked(host, path, rules);
  try {
    const [refusal] = judgement.refusals;
    if (refusal !== undefined) {
      return {
        judgement,
        started: fail({ reason: 'refused', message: `${path} is not started: ${describeRefusal(refusal)}.` }),
      };
    }
    const { args, store, runAs, exited } = start;
    const [runs, by, before] =
      node === undefined || permitted === undefined
        ? ([program, judgement.startBy, []] as const)
        : ([node, 'descriptor', permissionArguments({ ...permitted, socket: socketIn(args) })] as const);
    const started = await runs.start({
      by,
      args: [...before, ...args],
      store,
      exited,
      environment: {
        ...extensionEnvironment(start),
        ...(permitted?.manifest.net === false ? { [networkVariable]: 'denied' } : {}),
      },
      mayGainPrivileges: rules.allowUnsafe,
      ...(runAs === undefined ? {} : { runAs }),
    });
    return { judgement, started };
  } finally {
    program.close();
    node?.close();
  }
};

/** The manager's socket among the arguments of osquery's form. */
const socketIn = (args: readonly string[]): string | undefined => {
  const index = args.indexOf('--socket');
  return index < 0 ? undefined : args[index + 1];
};

/** What was opened; whoever asked for it closes it. */
interface Opened extends CheckedExtension {
  readonly program: OpenProgram;
  /** The Node that runs it, when there is a manifest. */
  readonly node: OpenProgram | undefined;
}

const openChecked = (host: ProgramHost, path: string, rules: ExtensionRules): Opened => {
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
  const manifest = openManifest(host, program);
  if (manifest === undefined) {
    return { program, node: undefined, chain, judgement: judgeExtension(chain, rules), permitted: undefined };
  }
  const node = host.open(host.node);
  chain.push({ role: 'manifest', facts: manifest.facts }, { role: 'interpreter', facts: node.facts });
  const { parsed, file } = manifest;
  const judgement = judgeExtension(chain, rules, parsed);
  return {
    program,
    node,
    chain,
    judgement,
    permitted: parsed.ok ? { manifest: parsed.value, file } : undefined,
  };
};

interface OpenedManifest {
  readonly facts: ProgramFacts;
  readonly parsed: Result<ExtensionManifest, ManifestFailure>;
  readonly file: string;
}

/** The manifest beside a JavaScript file; undefined only when there surely is none. */
const openManifest = (host: ProgramHost, { facts }: OpenProgram): OpenedManifest | undefined => {
  const { end } = facts.trail;
  const path = end.reached ? manifestPath(end.facts.path) : undefined;
  if (path === undefined || !end.reached) return undefined;
  const opened = host.open(path);
  const text = opened.text(manifestMax_bytes);
  opened.close();
  const { trail } = opened.facts;
  if (!trail.end.reached && trail.end.problem === 'missing' && trail.end.component === path) return undefined;
  const file = end.facts.path;
  const parsed =
    text === undefined
      ? fail({ reason: 'bad_manifest', message: `no file of ${manifestMax_bytes} bytes at most` } as const)
      : parseManifest(text, directoryOf(file));
  return { facts: opened.facts, parsed, file };
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
