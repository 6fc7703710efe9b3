import { type MetaCommand, switchCommand } from '../meta-command.ts';
import { type ShellMode, shellModes } from '../settings.ts';

/** Commands that say how results are printed, and `.print`. */
export const echo: MetaCommand = switchCommand(
  'echo',
  'echo',
  'repeat commands and statements before they run',
);
export const headers: MetaCommand = switchCommand('headers', 'header', 'names of the columns above the rows');

export const mode: MetaCommand = {
  name: 'mode',
  usage: 'MODE',
  help: `how results are printed: ${shellModes.join(', ')}`,
  takes: [1, 1],
  run: ([word = ''], { settings, fail }) => {
    const chosen = modeOf(word);
    if (chosen === undefined) return fail(`mode should be one of: ${shellModes.join(' ')}`);
    settings.mode = chosen;
    if (chosen === 'csv') settings.separator = ',';
  },
};

/** SQLite's shell takes the plural of two of them, too. */
const modeOf = (word: string): ShellMode | undefined => {
  if (word === 'lines') return 'line';
  if (word === 'columns') return 'column';
  return shellModes.find((name) => name === word);
};

export const nullvalue: MetaCommand = {
  name: 'nullvalue',
  usage: 'TEXT',
  help: 'what stands for NULL',
  takes: [1, 1],
  run: ([text = ''], { settings }) => {
    settings.nullvalue = text;
  },
};

export const print: MetaCommand = {
  name: 'print',
  usage: 'TEXT...',
  help: 'print the words',
  takes: [0, Number.POSITIVE_INFINITY],
  shortest: 3,
  run: (words, { io }) => io.out(`${words.join(' ')}\n`),
};

export const separator: MetaCommand = {
  name: 'separator',
  usage: 'TEXT',
  help: 'what stands between values in modes csv and list',
  takes: [1, 1],
  run: ([text = ''], { settings }) => {
    settings.separator = text;
  },
};

export const width: MetaCommand = {
  name: 'width',
  usage: 'NUMBER...',
  help: 'widths of the columns in mode column; 0: by the first row, negative: to the right',
  takes: [1, Number.POSITIVE_INFINITY],
  run: (words, { settings, fail }) => {
    const wrong = words.find((word) => !/^[-+]?\d{1,6}$/.test(word));
    if (wrong !== undefined) return fail(`.width takes numbers of columns, found '${wrong}'`);
    settings.widths = words.map(Number);
  },
};
