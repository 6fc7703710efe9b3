import { fail, ok, type Result } from '../../protocol/result.ts';
import { type Flags, flagSpec } from './flags.ts';

/** Flags with the config's `options` in them, and what was left out. */
export interface AppliedOptions {
  readonly flags: Flags;
  readonly warnings: readonly string[];
}

/** Sets flags from `options`. Unknown ones and those of the command line are passed over with a warning. */
export const applyOptions = (
  flags: Flags,
  options: ReadonlyMap<string, string>,
): Result<AppliedOptions, string> => {
  const warnings: string[] = [];
  const errors: string[] = [];
  let applied = flags;
  for (const [name, value] of options) {
    if (name.startsWith('custom_')) continue;
    const spec = flagSpec(name);
    if (spec === undefined) warnings.push(`options.${name}: no such flag; it is ignored`);
    else if (spec.scope !== 'config')
      warnings.push(`options.${name}: may be set on the command line only; it is ignored`);
    else {
      const set = applied.with(name, value, 'config');
      if (set.ok) applied = set.value;
      else errors.push(`options.${name}: ${set.error.message}`);
    }
  }
  return errors.length > 0 ? fail(errors.join('\n')) : ok({ flags: applied, warnings });
};
