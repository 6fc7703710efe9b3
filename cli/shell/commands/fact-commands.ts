import { type Flags, flagSpecs } from '../../../supervisor/config/flags.ts';
import { leashVersion, osqueryVersion } from '../../../supervisor/version.ts';
import type { MetaCommand, ShellContext } from '../meta-command.ts';

/** Commands that tell about this program and its settings. */
export const features: MetaCommand = {
  name: 'features',
  usage: '',
  help: 'print the flags that enable or disable something',
  takes: [0, 0],
  run: (_, { io, flags }) => {
    for (const { name, type, value } of flags.rows()) {
      if (type === 'bool' && /^(enable|disable)_/.test(name)) io.out(`${name}: ${value}\n`);
    }
  },
};

/** osqueryi's two lines, and one of our own behind them. */
const versionLines = async (shell: ShellContext): Promise<readonly string[]> => {
  const answer = await shell.ask('SELECT sqlite_version()');
  return [
    `osquery ${osqueryVersion}`,
    `using SQLite ${answer?.rows[0]?.[0] ?? 'unknown'}`,
    `leash ${leashVersion}`,
  ];
};

export const version: MetaCommand = {
  name: 'version',
  usage: '',
  help: 'print the versions of the osquery that Leash follows, of SQLite and of Leash',
  takes: [0, 0],
  run: async (_, shell) => {
    for (const line of await versionLines(shell)) shell.io.out(`${line}\n`);
  },
};

const labelWidth = 12;
const labelled = (label: string, value: string): string => `${label.padStart(labelWidth)}: ${value}`;
const onOff = (on: boolean): string => (on ? 'on' : 'off');

/** What `.show` and `.summary` print: versions, where things are, the shell's settings, flags that were changed. */
const summaryOf = async (shell: ShellContext): Promise<string> => {
  const { flags, settings, connectedTo } = shell;
  const general = [
    labelled('flagfile', flagSpecs.some(({ name }) => flags.origin(name) === 'flagfile') ? 'read' : 'none'),
    labelled('config', `${flags.text('config_plugin')} (${flags.text('config_path')})`),
    labelled('logger', `${flags.text('logger_plugin')} (${flags.text('logger_path')})`),
    labelled('distributed', flags.text('distributed_plugin')),
    labelled('database', 'in memory'),
    labelled('extensions', flags.text('extension') || 'none'),
    labelled('socket', connectedTo ?? ''),
  ];
  const own = [
    labelled('echo', onOff(settings.echo)),
    labelled('headers', onOff(settings.header)),
    labelled('mode', settings.mode),
    labelled('nullvalue', JSON.stringify(settings.nullvalue)),
    labelled('output', flags.text('output') || 'stdout'),
    labelled('separator', JSON.stringify(settings.separator)),
    labelled('width', settings.widths.join(' ')),
  ];
  const changed = changedFlags(flags).map(([name, value]) => `  ${name}: ${value}`);
  const sections = [
    await versionLines(shell),
    ['General settings:', ...general],
    ['Shell settings:', ...own],
    ['Flags that differ from their default:', ...changed],
  ];
  return sections.map((lines) => `${lines.join('\n')}\n`).join('\n');
};

const changedFlags = (flags: Flags): readonly (readonly [string, string])[] =>
  flags
    .rows()
    .filter(({ name, value, default_value }) => value !== default_value && flags.origin(name) !== 'default')
    .map(({ name, value }) => [name, value]);

const shows = (name: string, help: string): MetaCommand => ({
  name,
  usage: '',
  help,
  takes: [0, 0],
  run: async (_, shell) => shell.io.out(await summaryOf(shell)),
});

export const show: MetaCommand = shows('show', 'print versions, settings and changed flags');
export const summary: MetaCommand = shows('summary', 'the same as .show');
