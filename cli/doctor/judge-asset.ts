import type { HostFacts } from '../../platform/host-facts.ts';
import { octal } from '../../policies/path-safety/check.ts';
import { judgeTrail } from '../../policies/path-safety/judge-trail.ts';
import { type OwnFileRule, ownFileRules } from '../../policies/path-safety/own-files.ts';
import type { Finding } from './finding.ts';

/** Something that Leash keeps or trusts. Nobody else may write a directory on the way to it either. */
export interface Asset {
  readonly name: string;
  readonly path: string;
  readonly rule: OwnFileRule;
  /** What is said when the asset is not there; absent: nothing, since it comes and goes. */
  readonly whenMissing?: Pick<Finding, 'level' | 'remedy'>;
}

/** Judges an asset for a daemon of user `uid`, as the daemon itself does; undefined when there is nothing to say. */
export const judgeAsset = (asset: Asset, uid: number, facts: HostFacts): Finding | undefined => {
  const { name, path, rule } = asset;
  const trail = facts.trail(path);
  if (!trail.end.reached) {
    if (asset.whenMissing === undefined) return undefined;
    return { check: name, ...asset.whenMissing, found: `${path} is not there` };
  }
  const refused = judgeTrail(trail, uid, ownFileRules[rule]).find(({ passed }) => !passed);
  if (refused === undefined) {
    const { path: target, mode, uid: owner } = trail.end.facts;
    return { check: name, level: 'ok', found: `${target}, mode ${octal(mode)}, uid ${owner}` };
  }
  const { component, actual, required, remedy } = refused;
  const found = `${component}: ${actual}; required: ${required}`;
  return { check: name, level: levelOf(rule, uid), found, remedy };
};

/** A user who runs Leash for a look harms nobody with a checkout that a group may write; a daemon of root does. */
const levelOf = (rule: OwnFileRule, uid: number): 'warn' | 'fail' =>
  rule === 'trusted_file' && uid !== 0 ? 'warn' : 'fail';
