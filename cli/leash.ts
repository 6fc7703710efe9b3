import { Command, CommanderError, Option } from 'commander';
import { parseArguments } from '../supervisor/config/flags.ts';
import { daemonPaths } from '../supervisor/daemon-paths.ts';
import { leashVersion } from '../supervisor/version.ts';
import { thisCaller } from './caller.ts';
import { check } from './commands/check.ts';
import { addToDenylist, clearDenylist, listDenylist } from './commands/denylist.ts';
import { start } from './commands/start.ts';
import { showStatus } from './commands/status.ts';
import type { OutputMode } from './output/formatter.ts';
import { complain, runQuery } from './run-query.ts';

interface ControlOptions {
  readonly control?: string;
}

const defaultControl = (): string => {
  const none = parseArguments([], () => undefined);
  if (!none.ok) throw new Error(none.error.message);
  return daemonPaths(none.value.flags, thisCaller()).control;
};

const modes: readonly OutputMode[] = ['json', 'csv', 'line', 'list', 'table'];

const build = (): Command => {
  const program = new Command('leash')
    .description('SQL about this host, on a leash')
    .version(leashVersion)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'Error: ')) });
  const control = (): Option => new Option('--control <path>', 'control socket of the daemon');
  const finish = async (code: Promise<number> | number): Promise<void> => {
    process.exitCode = await code;
  };

  const query = program.command('query <sql>').description('run one query, in the daemon if there is one');
  for (const mode of modes) query.option(`--${mode}`, `print as ${mode}`);
  query
    .option('--standalone', 'do not ask a daemon')
    .addOption(control())
    .action((sql: string, options: ControlOptions & Record<string, boolean>) => {
      const mode = modes.find((name) => options[name] === true) ?? 'table';
      const from = {
        control: options.control ?? defaultControl(),
        daemonOnly: options.control !== undefined,
        standalone: options.standalone === true,
      };
      return finish(runQuery(sql, mode, from));
    });
  program
    .command('status')
    .description('what the daemon does')
    .option('--json', 'print as JSON')
    .addOption(control())
    .action((options: ControlOptions & { json?: boolean }) =>
      finish(showStatus(options.control ?? defaultControl(), options.json === true)),
    );
  const denylist = program.command('denylist').description('queries that may not run for a while');
  denylist
    .command('list')
    .addOption(control())
    .action((options: ControlOptions) => finish(listDenylist(options.control ?? defaultControl())));
  denylist
    .command('clear [name]')
    .description('let a query (or all) run at once')
    .addOption(control())
    .action((name: string | undefined, options: ControlOptions) =>
      finish(clearDenylist(options.control ?? defaultControl(), name)),
    );
  denylist
    .command('add <name>')
    .description('deny a scheduled query')
    .option('--for <time>', 'how long: 90s, 10m, 2h, 1d', '10m')
    .addOption(control())
    .action((name: string, options: ControlOptions & { for: string }) =>
      finish(addToDenylist(options.control ?? defaultControl(), name, options.for)),
    );
  program
    .command('check')
    .description('say what is wrong with a config')
    .requiredOption('--config_path <file>', 'the config')
    .action((options: { config_path: string }) => finish(check(options.config_path)));
  program
    .command('start')
    .description('a daemon in the foreground, with the bundled config and a private directory')
    .action(() => finish(start()));
  return program;
};

try {
  await build().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) process.exitCode = complain(String(error));
  else process.exitCode = error.exitCode;
}
