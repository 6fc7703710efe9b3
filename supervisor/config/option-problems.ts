import { nearest } from '../../protocol/nearest.ts';
import type { ConfigFile } from './config-file.ts';
import { checkFlagValue } from './flag-value.ts';
import { flagSpec, flagSpecs, isCustom } from './flags.ts';
import { type ConfigProblem, showValue } from './problem.ts';

/** Text of an option's value as osquery makes it: a text as it stands, anything else as JSON. */
export const optionText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/**
 * What is wrong with the `options` of a source, or of a pack, which stands at `place` in its file. Unknown names and flags
 * of the command line are passed over with a warning, as osquery does; a value that is not of its flag's type is an error.
 * Names that begin with `custom_` are the user's own and are not checked.
 */
export const optionProblems = (
  options: Readonly<Record<string, unknown>>,
  file: ConfigFile,
  place: readonly string[],
): readonly ConfigProblem[] =>
  Object.entries(options).flatMap(([name, value]) => {
    const at = [...place, 'options', name];
    const text = optionText(value);
    if (isCustom(name) || text === '') return [];
    const spec = flagSpec(name);
    if (spec === undefined) {
      const near = nearest(
        name,
        flagSpecs.map((known) => known.name),
      );
      const hint = near === undefined ? '' : ` (did you mean '${near}'?)`;
      return [file.problem('warning', at, `the name of a flag${hint}`, `'${name}', which is ignored`)];
    }
    if (spec.scope !== 'config') {
      const found = 'a flag of the command line and flagfiles only; it is ignored';
      return [file.problem('warning', at, 'a flag that a config may set', found)];
    }
    const checked = checkFlagValue(spec.type, text);
    return checked.ok ? [] : [file.problem('error', at, checked.error, showValue(value))];
  });
