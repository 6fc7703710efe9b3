import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import type { ScheduledQuery } from '../../supervisor/config/config.ts';
import type { Flags } from '../../supervisor/config/flags.ts';
import { describeProblem } from '../../supervisor/config/problem.ts';
import { hostConfigReader, loadConfigOf } from '../../supervisor/configuration.ts';
import { thisCaller } from '../caller.ts';

/** Stands in no name, so that of pack and query each is known for what it is. */
const delimiter = '\u001f';

/** The queries for this host of one pack of the config, in its order. */
export const packQueries = (
  pack: string,
  flags: Flags,
): Result<readonly ScheduledQuery[], Failure<'bad_config' | 'unknown_pack'>> => {
  const split = flags.with('pack_delimiter', delimiter, 'command line');
  if (!split.ok) return fail({ reason: 'bad_config', message: split.error.message });
  const { config, problems } = loadConfigOf(split.value, hostConfigReader(flags, thisCaller().uid));
  if (config === undefined) {
    const errors = problems.filter(({ severity }) => severity === 'error');
    return fail({ reason: 'bad_config', message: errors.map(describeProblem).join('\n') });
  }
  const prefix = ['pack', pack, ''].join(delimiter);
  const queries = config.schedule.filter(({ name }) => name.startsWith(prefix));
  if (queries.length > 0) {
    return ok(queries.map((query) => ({ ...query, name: query.name.slice(prefix.length) })));
  }
  const known = config.schedule
    .map(({ name }) => name.split(delimiter))
    .filter(([first]) => first === 'pack');
  const names = [...new Set(known.map(([, name = '']) => name))];
  const has = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const path = flags.text('config_path');
  return fail({
    reason: 'unknown_pack',
    message: `${path} has no pack '${pack}' with queries for this host; ${has}`,
  });
};
