import { Command, CommanderError, Option } from 'commander';
import { budgetNames } from '../protocol/budget.ts';
import { Flags } from '../supervisor/config/flags.ts';
import { leashVersion } from '../supervisor/version.ts';
import { type CommandIo, complain, complainOfBug } from './command-io.ts';
import { check } from './commands/check.ts';
import { addToDenylist, clearDenylist, listDenylist } from './commands/denylist.ts';
import { newExtension } from './commands/extension.ts';
import { clearLimit, type LimitOptions, listLimits, setLimit } from './commands/limit.ts';
import { query, queryModes } from './commands/query.ts';
import { reload } from './commands/reload.ts';
import { schema } from './commands/schema.ts';
import { start } from './commands/start.ts';
import { showStatus } from './commands/status.ts';
import { showWhy } from './commands/why.ts';
import { type DoctorOptions, type DoctorTools, doctor } from './doctor/doctor.ts';
import type { Openers } from './query-service.ts';

interface ControlOptions {
  readonly control?: string;
}

/** What the commands reach the world with. */
export interface LeashTools extends Openers, DoctorTools {}

/** Runs `leash` with its arguments; gives the exit code. Stack traces are for `LEASH_DEBUG=1` or `--debug` only. */
export const runLeash = async (
  argv: readonly string[],
  io: CommandIo,
  tools: LeashTools,
): Promise<number> => {
  let exitCode = 0;
  const program = build(io, tools, async (code) => {
    exitCode = await code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    return complainOfBug(io, error, program.opts<{ debug?: boolean }>().debug === true);
  }
};

type Finish = (code: Promise<number> | number) => Promise<void>;

const build = (io: CommandIo, tools: LeashTools, finish: Finish): Command => {
  const program = new Command('leash')
    .description('SQL about this host, on a leash')
    .version(leashVersion)
    .option('--debug', 'print stack traces of unexpected errors')
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: (text, write) => write(text.replace(/^error: /, 'Error: ')),
    });
  addQuery(program, io, tools, finish);
  addDaemonCommands(program, io, tools, finish);
  program
    .command('check')
    .description('say what is wrong with a config')
    .requiredOption('--config_path <file>', 'the config')
    .action((options: { config_path: string }) => finish(checkPath(options.config_path, io)));
  program
    .command('doctor')
    .description('say whether this host and this installation are fit for Leash, and what to do')
    .option('--json', 'print as JSON')
    .option('--config_path <file>', 'config of the daemon')
    .option('--database_path <directory>', 'state directory of the daemon')
    .option('--logger_path <directory>', 'log directory of the daemon')
    .option('--extension <path>', 'look at this extension only: would it be started, and why not')
    .action((options: DoctorOptions) => finish(doctor(options, io, tools)));
  program
    .command('extension')
    .description('extensions of your own')
    .command('new <name> [directory]')
    .description('make a directory with an extension that works, and its test')
    .action((name: string, directory: string | undefined) => finish(newExtension(name, directory, io)));
  program
    .command('schema [table]')
    .description('tables, or the columns of one')
    .option('--json', 'print as JSON')
    .addOption(controlOption())
    .action((table: string | undefined, { json, control }: ControlOptions & { json?: boolean }) =>
      finish(schema(table, { json: json === true, control }, io, tools)),
    );
  program
    .command('start')
    .description('a daemon in the foreground, with the bundled config and a private directory')
    .action(() => finish(start(io)));
  return program;
};

const checkPath = (path: string, io: CommandIo): number => {
  const flags = new Flags().with('config_path', path, 'command line');
  return flags.ok ? check(flags.value, io) : complain(io, flags.error.message);
};

const controlOption = (): Option => new Option('--control <path>', 'control socket of the daemon');

const addQuery = (program: Command, io: CommandIo, openers: Openers, finish: Finish): void => {
  const command = program.command('query <sql>').description('run one query, in the daemon if there is one');
  for (const mode of queryModes) {
    const others = queryModes.filter((other) => other !== mode);
    command.addOption(new Option(`--${mode}`, `print as ${mode}`).conflicts([...others]));
  }
  command
    .option('--trace', 'tell what each scan of a table was told, gave and cost')
    .addOption(new Option('--standalone', 'do not ask a daemon').conflicts('control'))
    .addOption(controlOption())
    .action((sql: string, options: ControlOptions & Record<string, unknown>) => {
      const mode = queryModes.find((name) => options[name] === true) ?? 'table';
      const from = { control: options.control, standalone: options.standalone === true };
      return finish(query(sql, { mode, trace: options.trace === true }, from, io, openers));
    });
};

const addDaemonCommands = (program: Command, io: CommandIo, openers: Openers, finish: Finish): void => {
  program
    .command('status')
    .description('what the daemon does')
    .option('--json', 'print as JSON')
    .option('--tree', 'print the tree of actors')
    .addOption(controlOption())
    .action(({ control, json, tree }: ControlOptions & { json?: boolean; tree?: boolean }) =>
      finish(showStatus({ control, json: json === true, tree: tree === true }, io, openers)),
    );
  program
    .command('why <name>')
    .description('why a query was stopped, denied, put off or held back, and what would make it pass')
    .option('--json', 'print the facts and the words as JSON')
    .addOption(controlOption())
    .action((name: string, { control, json }: ControlOptions & { json?: boolean }) =>
      finish(showWhy({ name, control, json: json === true }, io, openers)),
    );
  const denylist = program.command('denylist').description('queries that may not run for a while');
  denylist
    .command('list')
    .description('what is denied, since when, why')
    .option('--json', 'print as JSON')
    .addOption(controlOption())
    .action((options: ControlOptions & { json?: boolean }) =>
      finish(listDenylist({ control: options.control, json: options.json === true }, io, openers)),
    );
  denylist
    .command('clear [name]')
    .description('let a query (or all) run at once')
    .addOption(controlOption())
    .action((name: string | undefined, options: ControlOptions) =>
      finish(clearDenylist(options.control, name, io, openers)),
    );
  denylist
    .command('add <name>')
    .description('deny a scheduled query')
    .option('--for <time>', 'how long: 90s, 10m, 2h, 1d', '10m')
    .addOption(controlOption())
    .action((name: string, options: ControlOptions & { for: string }) =>
      finish(addToDenylist(options.control, name, options.for, io, openers)),
    );
  addLimitCommands(program, io, openers, finish);
  program
    .command('reload')
    .description('have the daemon read its config again')
    .option('--json', 'print as JSON')
    .addOption(controlOption())
    .action((options: ControlOptions & { json?: boolean }) =>
      finish(reload({ control: options.control, json: options.json === true }, io, openers)),
    );
};

const addLimitCommands = (program: Command, io: CommandIo, openers: Openers, finish: Finish): void => {
  const limit = program.command('limit').description('limits of a scheduled query, for a time');
  const set = limit
    .command('set <name>', { isDefault: true })
    .description('override limits of a scheduled query')
    .option('--for <time>', 'how long, 7 days at most: 90s, 10m, 2h, 1d', '1h')
    .addOption(controlOption());
  for (const name of budgetNames) set.option(`--${name} <number>`, `the limit ${name}`);
  set.action((name: string, options: ControlOptions & LimitOptions) =>
    finish(setLimit(options.control, name, options, io, openers)),
  );
  limit
    .command('list')
    .description('which limits are overridden, by whom, until when')
    .option('--json', 'print as JSON')
    .addOption(controlOption())
    .action((options: ControlOptions & { json?: boolean }) =>
      finish(listLimits({ control: options.control, json: options.json === true }, io, openers)),
    );
  limit
    .command('clear <name>')
    .description('take an override back')
    .addOption(controlOption())
    .action((name: string, options: ControlOptions) =>
      finish(clearLimit(options.control, name, io, openers)),
    );
};
