import { ok, type Result } from '../../protocol/result.ts';
import { type FlagFailure, type Flags, flagSpec } from './flags.ts';

/**
 * Sets flags from a config's `options`. Names that have no effect there (unknown ones, flags of the command line)
 * are passed over: loading the config has said so.
 */
export const applyOptions = (
  flags: Flags,
  options: ReadonlyMap<string, string>,
): Result<Flags, FlagFailure> => {
  let applied = flags;
  for (const [name, value] of options) {
    if (flagSpec(name)?.scope !== 'config') continue;
    const set = applied.with(name, value, 'config');
    if (!set.ok) return set;
    applied = set.value;
  }
  return ok(applied);
};
