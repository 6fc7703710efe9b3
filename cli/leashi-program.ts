import type { Flags } from '../supervisor/config/flags.ts';
import { parseArguments } from '../supervisor/config/flags.ts';
import { type CommandIo, complain } from './command-io.ts';
import { flagAnswer } from './flag-answer.ts';
import type { OutputMode } from './output/formatter.ts';
import { type Openers, openQueryService } from './query-service.ts';
import type { PrintOptions } from './run-query.ts';
import { Shell } from './shell/shell.ts';
import type { ShellInput } from './shell/shell-input.ts';

/** What leashi needs from outside. */
export interface LeashiDeps {
  readonly input: ShellInput;
  readonly readText: (path: string) => string | undefined;
  readonly openers: (flags: Flags) => Openers;
}

/** osqueryi's flags that leashi knows but cannot honour yet: better refused than ignored. */
const notYet = ['pack', 'profile', 'output', 'planner'] as const;

/** Runs `leashi` with osqueryi's arguments; gives the exit code. */
export const runLeashi = async (
  argv: readonly string[],
  io: CommandIo,
  { input, readText, openers }: LeashiDeps,
): Promise<number> => {
  const parsed = parseArguments(argv, readText);
  if (!parsed.ok) return complain(io, parsed.error.message);
  const { flags, positional } = parsed.value;
  const answer = flagAnswer('leashi', flags);
  if (answer !== undefined) {
    io.out(answer);
    return 0;
  }
  const missing = notYet.find((name) => flags.origin(name) !== 'default');
  if (missing !== undefined) return complain(io, `--${missing} is not supported by leashi yet`);
  const connect = flags.text('connect');
  if (connect !== '' && flags.text('extension') !== '') {
    return complain(io, '--extension starts one for this shell, --connect asks a daemon that has its own');
  }
  const service = await openQueryService(
    connect === '' ? { standalone: true } : { control: connect, standalone: false },
    openers(flags),
  );
  if (!service.ok) return complain(io, service.error.message);
  const shell = new Shell(service.value, printOptions(flags), io);
  const problem = await feed(shell, flags, positional, input, readText);
  await service.value.close();
  return problem === undefined ? shell.exitCode : complain(io, problem);
};

/** osqueryi's order: the first of these that is set wins, wherever it stands. */
const modeOrder: readonly OutputMode[] = ['list', 'line', 'csv', 'json_pretty', 'json'];

const printOptions = (flags: Flags): PrintOptions => ({
  mode: modeOrder.find((mode) => flags.bool(mode)) ?? 'table',
  format: {
    separator: flags.text('separator'),
    header: flags.bool('header'),
    nullvalue: flags.text('nullvalue'),
  },
});

/** Gives the shell its input, by osqueryi's precedence. Undefined, or why there is none. */
const feed = async (
  shell: Shell,
  flags: Flags,
  positional: readonly string[],
  input: ShellInput,
  readText: LeashiDeps['readText'],
): Promise<string | undefined> => {
  if (flags.bool('L')) {
    await shell.listTables();
    return undefined;
  }
  const sql = oneShot(flags, positional, readText);
  if (sql === undefined) return feedLines(shell, input);
  if ('problem' in sql) return sql.problem;
  await shell.line(sql.text);
  await shell.finish();
  return undefined;
};

type OneShot = { readonly text: string } | { readonly problem: string } | undefined;

const oneShot = (flags: Flags, positional: readonly string[], readText: LeashiDeps['readText']): OneShot => {
  const table = flags.text('A');
  if (table !== '') {
    if (/^\w+$/.test(table)) return { text: `SELECT * FROM ${table}` };
    return { problem: `-A expects the name of a table, found '${table}'` };
  }
  if (flags.text('query') !== '') return { text: flags.text('query') };
  const file = flags.text('query_file');
  if (file !== '') {
    const text = readText(file);
    return text === undefined ? { problem: `the file ${file} cannot be read` } : { text };
  }
  return positional[0] === undefined ? undefined : { text: positional[0] };
};

const feedLines = async (shell: Shell, input: ShellInput): Promise<undefined> => {
  const prompt = (): string => (shell.insideStatement ? '  ...> ' : 'leash> ');
  for await (const line of input.lines(prompt)) {
    await shell.line(line);
    if (shell.ended) return;
  }
  await shell.finish();
};
