import { describeManifest } from '../../policies/extension-file/manifest.ts';
import type { ChainProgram, ProgramRole } from '../../policies/extension-file/next-programs.ts';
import { isRunnable } from '../../policies/extension-file/next-programs.ts';
import type { CheckedExtension, Permitted } from '../../supervisor/extensions/open-checked.ts';
import type { Finding } from './finding.ts';

/** Everything that was held against an extension for a daemon of user `uid`, and what would become of it. */
export const extensionFindings = (
  { chain, judgement, permitted }: CheckedExtension,
  uid: number,
): readonly Finding[] => [
  { check: 'user', level: 'ok', found: `judged for a daemon of ${uid === 0 ? 'root' : `uid ${uid}`}` },
  ...chain.flatMap(programFinding),
  ...judgement.checks.map(({ rule, component, passed, actual, required, remedy }): Finding => {
    const found = `${component}: ${actual}; required: ${required}`;
    return passed ? { check: rule, level: 'ok', found } : { check: rule, level: 'fail', found, remedy };
  }),
  ...hardLinks(chain),
  ...permissions(permitted),
  {
    check: 'not seen',
    level: 'ok',
    found:
      'file capabilities (looked for when it has started), lists of rights that a file server keeps, what the program loads',
  },
  judgement.refusals.length === 0
    ? {
        check: 'start',
        level: 'ok',
        found: howStarted(judgement.startBy, permitted),
      }
    : {
        check: 'start',
        level: 'fail',
        found: `would not be started: ${judgement.refusals.length} of ${judgement.checks.length} checks failed`,
        remedy: 'mend what failed; --allow_unsafe of leashd starts what is merely unsafe, and says so',
      },
];

const howStarted = (by: 'descriptor' | 'path', permitted: Permitted | undefined): string => {
  if (permitted !== undefined) return 'would be started by the Node of Leash, within its permission model';
  return by === 'descriptor'
    ? 'would be started, through the descriptor that was checked'
    : 'would be started by its path, which nobody else can change';
};

/** What a manifest comes to. */
const permissions = (permitted: Permitted | undefined): readonly Finding[] => {
  if (permitted === undefined) return [];
  const { manifest, file } = permitted;
  const escapes = [
    ...(manifest.childProcess ? ['what it starts'] : []),
    ...(manifest.worker ? ['its threads'] : []),
    ...(manifest.addons ? ['machine code that it loads'] : []),
  ];
  return [
    { check: 'permissions', level: 'ok', found: describeManifest(manifest, file) },
    ...(escapes.length === 0
      ? []
      : [
          {
            check: 'permissions',
            level: 'warn',
            found: `not held by them: ${escapes.join(', ')}`,
            remedy: 'take that out of the manifest if the extension works without',
          } as const,
        ]),
  ];
};

const roleWords: Readonly<Record<ProgramRole, string>> = {
  extension: 'extension',
  interpreter: 'interpreter is',
  candidate: 'interpreter is',
  manifest: 'manifest',
};

/** Candidates that are absent are only told by the checks of their directories. */
const programFinding = ({ role, facts }: ChainProgram): readonly Finding[] => {
  const { trail } = facts;
  if (!trail.end.reached || (role === 'candidate' && !isRunnable(facts))) return [];
  const target = trail.end.facts.path;
  const found = target === trail.path ? target : `${trail.path}, which is ${target}`;
  return [{ check: roleWords[role], level: 'ok', found }];
};

const hardLinks = (chain: readonly ChainProgram[]): readonly Finding[] => {
  const end = chain[0]?.facts.trail.end;
  if (end?.reached !== true || end.facts.kind !== 'file' || end.facts.links === 1) return [];
  const found = `${end.facts.path} has ${end.facts.links} names; whoever may write it is the same under each`;
  return [{ check: 'hard links', level: 'ok', found }];
};
