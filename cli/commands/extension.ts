import { relative, resolve } from 'node:path';
import { makeNewDirectory } from '../../platform/node/new-directory.ts';
import { shellWord } from '../../policies/path-safety/check.ts';
import { type CommandIo, complain } from '../command-io.ts';
import { extensionProject } from '../extension-project/project.ts';
import { terminalText } from '../output/terminal-text.ts';
import { packageFile } from '../package-files.ts';

/** `leash extension new`: a directory with an extension that works, and what to do with it. */
export const newExtension = (name: string, directory: string | undefined, io: CommandIo): number => {
  const project = extensionProject(name, {
    bundle: packageFile('dist/extension.js'),
    types: packageFile('dist/types'),
  });
  if (!project.ok) return complain(io, terminalText(project.error.message));
  const place = resolve(directory ?? name);
  const made = makeNewDirectory(place, project.value);
  if (!made.ok) return complain(io, terminalText(made.error.message));
  const shown = terminalText(shellWord(relative('', place)));
  const extension = terminalText(shellWord(`${place}/${name}.ext`));
  io.out(
    [
      `${name} is in ${shown}. Next:`,
      `    cd ${shown} && npm test`,
      `    leash doctor --extension ${extension}`,
      `The table is in ${name}-table.mjs; README.md says how a daemon comes to start it.`,
      '',
    ].join('\n'),
  );
  return 0;
};
