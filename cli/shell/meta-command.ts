import type { QueryService } from '../../protocol/control.ts';
import type { Failure, Result } from '../../protocol/result.ts';
import type { Flags } from '../../supervisor/config/flags.ts';
import type { CommandIo } from '../command-io.ts';
import type { ShellSettings } from './settings.ts';

/** What a meta command may do to the shell and with it. */
export interface ShellContext {
  readonly settings: ShellSettings;
  readonly io: CommandIo;
  readonly flags: Flags;
  /** Whoever answers at the moment. */
  readonly answerer: QueryService;
  /** Runs a statement and prints its result as any other. */
  run(sql: string): Promise<void>;
  /** Texts of a result's cells; undefined when the statement failed, which was told. */
  ask(sql: string): Promise<Answered | undefined>;
  /** Prints rows as those of a statement. */
  print(names: readonly string[], rows: readonly (readonly string[])[]): void;
  /** Socket of the daemon that answers; undefined while leashi answers by itself. */
  readonly connectedTo: string | undefined;
  connect(path: string): Promise<Result<void, Failure>>;
  disconnect(): Promise<Result<void, Failure>>;
  /** Leaves after this command. */
  end(code: number): void;
  /** The command failed, for this reason. */
  fail(message: string): void;
}

/** A result as texts, NULL as null. */
export interface Answered {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** One command that begins with a point. */
export interface MetaCommand {
  readonly name: string;
  /** Its arguments, as the help shows them. */
  readonly usage: string;
  readonly help: string;
  /** Fewest and most arguments; others make it unknown, as in SQLite's shell. */
  readonly takes: readonly [number, number];
  /** Shortest beginning that means it; 1 unless it says so. */
  readonly shortest?: number;
  /** `rest`: the line after the command's name, as it was typed. */
  run(args: readonly string[], shell: ShellContext, rest: string): Promise<void> | void;
}

/** The first command in the table's order that the word abbreviates and that takes so many arguments. */
export const findCommand = (
  commands: readonly MetaCommand[],
  word: string,
  args: number,
): MetaCommand | undefined =>
  commands.find(
    ({ name, takes: [fewest, most], shortest = 1 }) =>
      word.length >= shortest && name.startsWith(word) && args >= fewest && args <= most,
  );

const onWords: ReadonlySet<string> = new Set(['on', 'y', 'yes', 't', 'true', 'ok', 'enable']);
const offWords: ReadonlySet<string> = new Set(['off', 'n', 'no', 'f', 'false', 'disable']);

/** ON or OFF in the words that osqueryi takes for them; undefined for anything else. */
export const parseSwitch = (text: string): boolean | undefined => {
  if (/^\d+$/.test(text)) return Number(text) !== 0;
  const word = text.toLowerCase();
  if (onWords.has(word)) return true;
  return offWords.has(word) ? false : undefined;
};

/** The names of the settings that are on or off. */
type SwitchName = 'echo' | 'bail' | 'timer' | 'header' | 'pager';

/** A command that sets one of them. */
export const switchCommand = (
  name: string,
  setting: SwitchName,
  help: string,
  shortest = 1,
): MetaCommand => ({
  name,
  usage: 'ON|OFF',
  help,
  takes: [1, 1],
  shortest,
  run: ([value = ''], { settings, fail }) => {
    const on = parseSwitch(value);
    if (on === undefined) fail(`.${name} takes ON or OFF, found '${value}'`);
    else settings[setting] = on;
  },
});
