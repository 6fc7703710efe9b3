import type { ChainProgram } from '../../policies/extension-file/next-programs.ts';
import { isRunnable } from '../../policies/extension-file/next-programs.ts';
import type { CheckedExtension } from '../../supervisor/extensions/open-checked.ts';
import type { Finding } from './finding.ts';

/** Everything that was held against an extension for a daemon of user `uid`, and what would become of it. */
export const extensionFindings = (
  { chain, judgement }: CheckedExtension,
  uid: number,
): readonly Finding[] => [
  { check: 'user', level: 'ok', found: `judged for a daemon of ${uid === 0 ? 'root' : `uid ${uid}`}` },
  ...chain.flatMap(programFinding),
  ...judgement.checks.map(({ rule, component, passed, actual, required, remedy }): Finding => {
    const found = `${component}: ${actual}; required: ${required}`;
    return passed ? { check: rule, level: 'ok', found } : { check: rule, level: 'fail', found, remedy };
  }),
  ...hardLinks(chain),
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
        found:
          judgement.startBy === 'descriptor'
            ? 'would be started, through the descriptor that was checked'
            : 'would be started by its path, which nobody else can change',
      }
    : {
        check: 'start',
        level: 'fail',
        found: `would not be started: ${judgement.refusals.length} of ${judgement.checks.length} checks failed`,
        remedy: 'mend what failed; --allow_unsafe of leashd starts what is merely unsafe, and says so',
      },
];

/** Candidates that are absent are only told by the checks of their directories. */
const programFinding = ({ role, facts }: ChainProgram): readonly Finding[] => {
  const { trail } = facts;
  if (!trail.end.reached || (role === 'candidate' && !isRunnable(facts))) return [];
  const target = trail.end.facts.path;
  const found = target === trail.path ? target : `${trail.path}, which is ${target}`;
  return [{ check: role === 'extension' ? 'extension' : 'interpreter is', level: 'ok', found }];
};

const hardLinks = (chain: readonly ChainProgram[]): readonly Finding[] => {
  const end = chain[0]?.facts.trail.end;
  if (end?.reached !== true || end.facts.kind !== 'file' || end.facts.links === 1) return [];
  const found = `${end.facts.path} has ${end.facts.links} names; whoever may write it is the same under each`;
  return [{ check: 'hard links', level: 'ok', found }];
};
