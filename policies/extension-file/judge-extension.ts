import type { Result } from '../../protocol/result.ts';
import type { Check, PathRuleName } from '../path-safety/check.ts';
import { judgeProgram } from './judge-program.ts';
import type { ExtensionManifest, ManifestFailure } from './manifest.ts';
import { type ChainProgram, isRunnable, mostPrograms } from './next-programs.ts';
import { programDirectories } from './program-path.ts';
import { envTarget, programFormat } from './shebang.ts';

/** Rules about an extension's file and everything that runs because of it. */
export type ExtensionRule =
  | PathRuleName
  | 'name'
  | 'privileges'
  | 'readable'
  | 'unchanged'
  | 'executable'
  | 'noexec'
  | 'format'
  | 'interpreter'
  | 'manifest'
  | 'chain';

/** How strictly, and for whom. */
export interface ExtensionRules {
  /** The daemon's user. */
  readonly uid: number;
  /** osquery's rule for what is loaded by itself: the name ends in `.ext`. */
  readonly nameRule: boolean;
  /** Flag `allow_unsafe`: what somebody else could have put there is started all the same. */
  readonly allowUnsafe: boolean;
}

/** What became of every rule. */
export interface ExtensionJudgement {
  /** In the order in which things were looked at; what several programs share stands once. */
  readonly checks: readonly Check<ExtensionRule>[];
  /** Why it is not started; empty: it may be. */
  readonly refusals: readonly Check<ExtensionRule>[];
  /** What `allowUnsafe` let pass. To be told loudly. */
  readonly overridden: readonly Check<ExtensionRule>[];
  /**
   * How to start what was checked: machine code through its descriptor; a script by its path, because `$0` and relative
   * imports need it.
   */
  readonly startBy: 'descriptor' | 'path';
}

/** What makes a file unsafe. All other rules say that it cannot be started at all, which no flag changes. */
const unsafeRules: ReadonlySet<ExtensionRule> = new Set([
  'owner',
  'writable',
  'sticky',
  'mode',
  'user_mount',
  'privileges',
]);

/**
 * Judges an extension by its chain of programs, the extension's own file first. `manifest`: what the one in the chain
 * says; undefined when there is none.
 */
export const judgeExtension = (
  chain: readonly ChainProgram[],
  rules: ExtensionRules,
  manifest?: Result<ExtensionManifest, ManifestFailure>,
): ExtensionJudgement => {
  const checks = distinct([
    ...chain.flatMap((program) => judgeProgram(program, rules)),
    ...chain.flatMap((program) => judgeSearch(program, chain)),
    ...judgeManifest(chain, manifest),
    ...judgeLength(chain),
  ]);
  const failed = checks.filter(({ passed }) => !passed);
  const overridden = failed.filter(({ rule }) => rules.allowUnsafe && unsafeRules.has(rule));
  const head = chain[0]?.facts.head;
  return {
    checks,
    refusals: failed.filter((check) => !overridden.includes(check)),
    overridden,
    startBy: head !== undefined && programFormat(head).kind === 'elf' ? 'descriptor' : 'path',
  };
};

/** For a script that is run through env(1): is what it names anywhere? */
const judgeSearch = (
  { facts }: ChainProgram,
  chain: readonly ChainProgram[],
): readonly Check<ExtensionRule>[] => {
  const format = facts.head === undefined ? undefined : programFormat(facts.head);
  if (format?.kind !== 'script') return [];
  const target = envTarget(format.interpreter, format.argument);
  if (target === undefined || target.kind === 'path') return [];
  const { path } = facts.trail;
  const about = { rule: 'interpreter', path, component: path } as const;
  if (target.kind === 'not_understood') {
    return [
      {
        ...about,
        passed: false,
        actual: `'${format.argument ?? ''}' as argument of env`,
        required: 'env NAME, or env -S NAME WORD… without quotes',
        remedy: 'name the interpreter by its absolute path in the first line',
      },
    ];
  }
  const places = programDirectories.map((directory) => `${directory}/${target.name}`);
  const found = chain.find(
    (program) => places.includes(program.facts.trail.path) && isRunnable(program.facts),
  );
  return [
    {
      ...about,
      passed: found !== undefined,
      actual: found === undefined ? `no ${target.name}` : found.facts.trail.path,
      required: `${target.name} in ${programDirectories.join(':')}`,
      remedy: `install ${target.name}, or name it by its absolute path in the first line`,
    },
  ];
};

const judgeManifest = (
  chain: readonly ChainProgram[],
  manifest: Result<ExtensionManifest, ManifestFailure> | undefined,
): readonly Check<ExtensionRule>[] => {
  const path = chain.find(({ role }) => role === 'manifest')?.facts.trail.path;
  if (manifest === undefined || path === undefined) return [];
  return [
    {
      rule: 'manifest',
      path,
      component: path,
      passed: manifest.ok,
      actual: manifest.ok ? 'understood' : manifest.error.message,
      required: 'a JSON object with read, write, net, childProcess, worker, addons',
      remedy: 'correct it; docs/EXTENSIONS.md has its members',
    },
  ];
};

const judgeLength = (chain: readonly ChainProgram[]): readonly Check<ExtensionRule>[] => {
  const [first] = chain;
  if (first === undefined || chain.length <= mostPrograms) return [];
  const { path } = first.facts.trail;
  return [
    {
      rule: 'chain',
      path,
      component: path,
      passed: false,
      actual: 'interpreters that are scripts themselves, and no end',
      required: `at most ${mostPrograms} programs that are looked at`,
      remedy: 'name a compiled interpreter in the first line',
    },
  ];
};

const distinct = (checks: readonly Check<ExtensionRule>[]): readonly Check<ExtensionRule>[] => {
  const seen = new Set<string>();
  return checks.filter(({ rule, component }) => {
    const key = `${rule} ${component}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
};
