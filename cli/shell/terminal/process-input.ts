import { join } from 'node:path';
import { readHistory, writeHistory } from '../../../platform/node/history-file.ts';
import { makePrivateDirectory } from '../../../platform/node/private-files.ts';
import { privateState, thisCaller } from '../../caller.ts';
import { loadNames } from '../../schema/load-names.ts';
import { metaCommands } from '../commands/index.ts';
import { type ShellInput, streamInput } from '../shell-input.ts';
import { completionsOf } from './completion.ts';
import { type PrepareEditor, terminalInput } from './terminal-input.ts';

/** Standard input of this process: edited lines where a person sits at a terminal, else a script. */
export const processInput = (): ShellInput =>
  process.stdin.isTTY === true && process.stdout.isTTY === true
    ? terminalInput(process.stdin, process.stdout, prepareEditor)
    : streamInput(process.stdin);

/** A history that cannot be kept is no reason not to talk: then it lasts as long as the session. */
const prepareEditor: PrepareEditor = async () => {
  const directory = makePrivateDirectory(privateState(thisCaller()));
  const path = directory.ok ? join(directory.value, 'shell_history') : undefined;
  const names = { ...(await loadNames()), commands: metaCommands.map(({ name }) => name) };
  return {
    history: path === undefined ? [] : readHistory(path).toReversed(),
    remember: (history) => {
      if (path !== undefined) writeHistory(path, history.toReversed());
    },
    complete: (before, line, added) =>
      completionsOf(before, line, { ...names, columns: new Map([...names.columns, ...added]) }),
  };
};
