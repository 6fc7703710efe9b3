import type { MetaCommand } from '../meta-command.ts';
import { features, show, summary, version } from './fact-commands.ts';
import { echo, headers, mode, nullvalue, print, separator, width } from './print-commands.ts';
import { bail, connect, disconnect, exit, pager, quit, socket, timeout, timer } from './session-commands.ts';
import { all, list, schema, tables, types } from './table-commands.ts';

const help: MetaCommand = {
  name: 'help',
  usage: '',
  help: 'print this',
  takes: [0, 0],
  run: (_, { io }) => io.out(helpText()),
};

/** Every meta command. Where an abbreviation fits several, the first one is meant. */
export const metaCommands: readonly MetaCommand[] = [
  all,
  bail,
  connect,
  disconnect,
  echo,
  exit,
  features,
  headers,
  help,
  list,
  mode,
  nullvalue,
  pager,
  print,
  quit,
  schema,
  separator,
  show,
  summary,
  socket,
  tables,
  timeout,
  timer,
  types,
  version,
  width,
];

const helpText = (): string => {
  const lines = metaCommands.map(
    ({ name, usage, help: what }) => `${`.${name} ${usage}`.padEnd(20)} ${what}`,
  );
  return `${lines.join('\n')}\nEverything else is SQL, up to a semicolon.\n`;
};
