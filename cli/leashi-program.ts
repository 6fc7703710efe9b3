import type { Clock } from '../platform/clock.ts';
import type { OutputFile } from '../platform/node/output-file.ts';
import { type Failure, fail, ok, type Result } from '../protocol/result.ts';
import { Flags, parseArguments } from '../supervisor/config/flags.ts';
import { type CommandIo, complain } from './command-io.ts';
import { flagAnswer } from './flag-answer.ts';
import { oneShotFlags } from './one-shot-flags.ts';
import { ShellAnswerer, type ShellOpeners } from './shell/answerer.ts';
import { packQueries } from './shell/pack-queries.ts';
import { profile } from './shell/profile.ts';
import type { ShellSettings } from './shell/settings.ts';
import { Shell } from './shell/shell.ts';
import type { ShellInput } from './shell/shell-input.ts';

/** What leashi needs from outside. */
export interface LeashiDeps {
  readonly input: ShellInput;
  readonly clock: Clock;
  readonly readText: (path: string) => string | undefined;
  readonly openOutput: (path: string) => Result<OutputFile, Failure>;
  readonly openers: (flags: Flags) => ShellOpeners;
}

/** As in osqueryi: a shell has no publisher of events, keeps its state in memory and writes no log. */
const shellDefaults = new Flags(
  new Map(
    ['disable_database', 'disable_events', 'disable_logging'].map((name) => [
      name,
      { value: 'true', origin: 'default' },
    ]),
  ),
);

/** Runs `leashi` with osqueryi's arguments; gives the exit code. */
export const runLeashi = async (
  argv: readonly string[],
  io: CommandIo,
  deps: LeashiDeps,
): Promise<number> => {
  const parsed = parseArguments(argv, deps.readText, shellDefaults);
  if (!parsed.ok) return complain(io, parsed.error.message);
  const { flags, positional } = parsed.value;
  const answer = flagAnswer('leashi', flags);
  if (answer !== undefined) {
    io.out(answer);
    return 0;
  }
  const done = oneShotFlags(flags, io);
  if (done !== undefined) return done;
  const path = flags.text('output');
  if (path === '') return answerWith(flags, positional, io, deps);
  const file = deps.openOutput(path);
  if (!file.ok) return complain(io, file.error.message);
  const { write, close } = file.value;
  const toFile: CommandIo = {
    ...io,
    out: write,
    outIsTerminal: false,
    colours: false,
    columns: () => undefined,
  };
  const code = await answerWith(flags, positional, toFile, deps);
  close();
  return code;
};

const answerWith = async (
  flags: Flags,
  positional: readonly string[],
  io: CommandIo,
  deps: LeashiDeps,
): Promise<number> => {
  const work = workOf(flags, positional, deps.readText);
  if (!work.ok) return complain(io, work.error.message);
  const answerer = new ShellAnswerer(deps.openers(flags));
  const connect = flags.text('connect');
  if (connect !== '' && flags.text('extension') !== '') {
    return complain(io, '--extension starts one for this shell, --connect asks a daemon that has its own');
  }
  const opened = await (connect === '' ? answerer.disconnect() : answerer.connect(connect));
  if (!opened.ok) return complain(io, opened.error.message);
  try {
    return await perform(work.value, answerer, flags, io, deps);
  } finally {
    await answerer.close();
  }
};

/** What is to be done: statements and commands in their order, or what a person or a script says. */
type Work =
  | { readonly kind: 'scripts'; readonly scripts: readonly Script[] }
  | { readonly kind: 'profile'; readonly sql: string }
  | { readonly kind: 'input' };

/** SQL or a command; a script with a name is the last one when it fails. */
interface Script {
  readonly name?: string;
  readonly text: string;
}

/** By osqueryi's precedence. */
const workOf = (
  flags: Flags,
  positional: readonly string[],
  readText: LeashiDeps['readText'],
): Result<Work, Failure> => {
  const script = (text: string): Result<Work, Failure> => ok({ kind: 'scripts', scripts: [{ text }] });
  const [first] = positional;
  if (flags.int('profile') > 0) {
    return first === undefined ? ok({ kind: 'input' }) : ok({ kind: 'profile', sql: first });
  }
  if (flags.bool('L')) return script('.tables');
  const table = flags.text('A');
  if (table !== '') {
    if (/^\w+$/.test(table)) return script(`SELECT * FROM ${table}`);
    return fail({ reason: 'bad_name', message: `-A expects the name of a table, found '${table}'` });
  }
  if (flags.text('pack') !== '') {
    const queries = packQueries(flags.text('pack'), flags);
    if (!queries.ok) return queries;
    return ok({ kind: 'scripts', scripts: queries.value.map(({ name, sql }) => ({ name, text: sql })) });
  }
  if (flags.text('query') !== '') return script(flags.text('query'));
  const file = flags.text('query_file');
  if (file === '') return first === undefined ? ok({ kind: 'input' }) : script(first);
  const text = readText(file);
  if (text !== undefined) return script(text);
  return fail({ reason: 'unreadable', message: `the file ${file} cannot be read` });
};

const perform = async (
  work: Work,
  answerer: ShellAnswerer,
  flags: Flags,
  io: CommandIo,
  { input, clock }: LeashiDeps,
): Promise<number> => {
  const runs = flags.int('profile');
  const delay_ms = flags.int('profile_delay') * 1000;
  const measure = (sql: string): Promise<number> => profile(answerer, sql, { runs, delay_ms }, { io, clock });
  if (work.kind === 'profile') return measure(work.sql);
  const person = work.kind === 'input' && io.outIsTerminal ? input.person : undefined;
  const tellsLines = work.kind === 'input' && input.person === undefined;
  const shell = new Shell({ answerer, settings: settingsOf(flags), flags, io, clock, person, tellsLines });
  if (work.kind === 'scripts') {
    for (const { name, text } of work.scripts) {
      await shell.line(text);
      await shell.finish();
      if (name !== undefined && shell.exitCode !== 0)
        return complain(io, `the query ${name} could not be run`);
    }
    return shell.exitCode;
  }
  for await (const line of input.lines(shell)) {
    if (runs > 0) return measure(line);
    await shell.line(line);
    if (shell.ended) break;
  }
  await shell.finish();
  return shell.exitCode;
};

/** osqueryi's order: the first of these that is set wins, wherever it stands. */
const modeOrder = ['list', 'line', 'csv'] as const;
const prettyOrder = ['json_pretty', 'json'] as const;

const settingsOf = (flags: Flags): ShellSettings => ({
  mode: modeOrder.find((mode) => flags.bool(mode)) ?? 'pretty',
  pretty: prettyOrder.find((mode) => flags.bool(mode)) ?? 'table',
  separator: flags.text('separator'),
  header: flags.bool('header'),
  nullvalue: flags.text('nullvalue'),
  widths: [],
  echo: false,
  bail: false,
  timer: false,
  pager: true,
});
