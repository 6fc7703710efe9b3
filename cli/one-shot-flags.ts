import { dumpDatabases } from '../platform/node/database-dump.ts';
import type { Flags } from '../supervisor/config/flags.ts';
import { describeProblem } from '../supervisor/config/problem.ts';
import { loadSources } from '../supervisor/config/sources.ts';
import { hostConfigReader } from '../supervisor/configuration.ts';
import { daemonPaths } from '../supervisor/daemon-paths.ts';
import { thisCaller } from './caller.ts';
import { type CommandIo, complain } from './command-io.ts';
import { check } from './commands/check.ts';
import { terminalText } from './output/terminal-text.ts';

/**
 * What leashd and leashi do for `--config_check`, `--config_dump` and `--database_dump` instead of their work: the exit
 * code; undefined when none of them is set.
 */
export const oneShotFlags = (flags: Flags, io: CommandIo): number | undefined => {
  if (flags.bool('config_check')) return check(flags, io);
  if (flags.bool('config_dump')) return dumpConfig(flags, io);
  return flags.bool('database_dump') ? dumpState(flags, io) : undefined;
};

/** Each source of the config that could be read, one line of JSON: its path and what it holds. */
const dumpConfig = (flags: Flags, io: CommandIo): number => {
  const { sources, problems } = loadSources(
    flags.text('config_path'),
    hostConfigReader(flags, thisCaller().uid),
  );
  for (const { file } of sources) io.out(`${JSON.stringify({ [file.path]: file.value })}\n`);
  const errors = problems.filter(({ severity }) => severity === 'error');
  for (const error of errors) complain(io, terminalText(describeProblem(error)));
  return errors.length > 0 ? 1 : 0;
};

/** Every row of the daemon's databases, a line each: database, table, values as JSON. */
const dumpState = (flags: Flags, io: CommandIo): number => {
  const dumped = dumpDatabases(daemonPaths(flags, thisCaller()).state, ({ database, table, row }) =>
    io.out(`${database} ${table} ${JSON.stringify(row)}\n`),
  );
  return dumped.ok ? 0 : complain(io, dumped.error.message);
};
