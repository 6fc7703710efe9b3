import { ok, type Result } from '../../protocol/result.ts';
import { type FlagFailure, type Flags, flagSpec, isCustom } from './flags.ts';

/**
 * Sets flags from a config's `options`. Names that have no effect there (unknown ones, flags of the command line)
 * are passed over: loading the config has said so. Those that begin with `custom_` are flags without anybody's declaring
 * them, as in osquery.
 */
export const applyOptions = (
  flags: Flags,
  options: ReadonlyMap<string, string>,
): Result<Flags, FlagFailure> => {
  let applied = flags;
  for (const [name, value] of options) {
    if (isCustom(name)) {
      applied = applied.withCustom(name, value);
      continue;
    }
    if (flagSpec(name)?.scope !== 'config') continue;
    const set = applied.with(name, value, 'config');
    if (!set.ok) return set;
    applied = set.value;
  }
  return ok(applied);
};
