import { dirname } from 'node:path';
import type { HostFacts, PathFacts } from '../../platform/host-facts.ts';
import type { Finding } from './finding.ts';

type Rule = 'private_directory' | 'owned_directory' | 'private_file' | 'private_socket' | 'trusted_file';

const anyoneElse = 0o077;
const groupOrOtherWrite = 0o022;
const stickyBit = 0o1000;

/**
 * `private_*`: for its owner alone. `owned_directory`: others may read it. `trusted_file`: run or believed by Leash, so
 * nobody but its owner and root may be able to change it.
 */
const rules: Readonly<Record<Rule, { kind: PathFacts['kind']; forbidden: number; mend: string }>> = {
  private_directory: { kind: 'directory', forbidden: anyoneElse, mend: '700' },
  owned_directory: { kind: 'directory', forbidden: groupOrOtherWrite, mend: 'go-w' },
  private_file: { kind: 'file', forbidden: anyoneElse, mend: '600' },
  private_socket: { kind: 'socket', forbidden: anyoneElse, mend: '600' },
  trusted_file: { kind: 'file', forbidden: groupOrOtherWrite, mend: 'go-w' },
};

/** Something that Leash keeps or trusts. Nobody else may write a directory on the way to it either. */
export interface Asset {
  readonly name: string;
  readonly path: string;
  readonly rule: Rule;
  /** What is said when the asset is not there; absent: nothing, since it comes and goes. */
  readonly whenMissing?: Pick<Finding, 'level' | 'remedy'>;
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** Judges owner, mode and kind of an asset for a daemon of user `uid`; undefined when there is nothing to say. */
export const judgeAsset = (asset: Asset, uid: number, facts: HostFacts): Finding | undefined => {
  const { name, path, rule } = asset;
  const target = rule === 'trusted_file' ? (facts.realPath(path) ?? path) : path;
  const stat = facts.look(target);
  if (stat === undefined) {
    if (asset.whenMissing === undefined) return undefined;
    return { check: name, ...asset.whenMissing, found: `${path} is not there` };
  }
  const problem = ownProblem(stat, rule, uid) ?? wayProblem(target, uid, facts);
  if (problem === undefined) {
    return { check: name, level: 'ok', found: `${target}, mode ${octal(stat.mode)}, uid ${stat.uid}` };
  }
  return { check: name, level: levelOf(rule, uid), ...problem };
};

/** A user who runs Leash for a look harms nobody with a checkout that a group may write; a daemon of root does. */
const levelOf = (rule: Asset['rule'], uid: number): 'warn' | 'fail' =>
  rule === 'trusted_file' && uid !== 0 ? 'warn' : 'fail';

type Problem = Pick<Finding, 'found' | 'remedy'>;

const ownProblem = (stat: PathFacts, rule: Asset['rule'], uid: number): Problem | undefined => {
  const { path, mode } = stat;
  const { kind, forbidden, mend } = rules[rule];
  if (stat.kind !== kind) return { found: `${path} is no ${kind}`, remedy: 'move it away' };
  const trusted = stat.uid === uid || (rule === 'trusted_file' && stat.uid === 0);
  if (!trusted) return wrongOwner(stat, uid);
  if ((mode & forbidden) === 0) return undefined;
  return { found: `${path} has mode ${octal(mode)}`, remedy: `chmod ${mend} ${path}` };
};

/** Whoever may write a directory on the way can put something else in the asset's place. */
const wayProblem = (path: string, uid: number, facts: HostFacts): Problem | undefined => {
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    const stat = facts.look(directory);
    if (stat !== undefined) {
      if (stat.uid !== 0 && stat.uid !== uid) return wrongOwner(stat, uid);
      const othersReplace = (stat.mode & groupOrOtherWrite) !== 0 && (stat.mode & stickyBit) === 0;
      if (othersReplace) {
        return { found: `${directory} has mode ${octal(stat.mode)}`, remedy: `chmod go-w ${directory}` };
      }
    }
    if (directory === dirname(directory)) return undefined;
  }
};

const wrongOwner = (stat: PathFacts, uid: number): Problem => ({
  found: `${stat.path} belongs to uid ${stat.uid}, not to ${uid === 0 ? 'root' : `uid ${uid}`}`,
  remedy: `chown ${uid} ${stat.path}`,
});
