import type { HostFiles } from '../../../protocol/host-files.ts';
import type { SqlArgument } from '../sql-value.ts';
import { cSpace, integerOf, type RunFunction, type ScalarFunction, textOf } from './function.ts';

const whiteSpace = new RegExp(`[${cSpace}]`);
const leadingSpace = new RegExp(`^[${cSpace}]+`);

/**
 * What a command line may name as its program, shortest first: everything up to each white space that is neither quoted
 * nor escaped, without quotes and escapes. Quotes are `"`, where they count.
 */
const prefixesOf = (command: string, quoting: boolean, escaping: string): readonly string[] => {
  const prefixes: string[] = [];
  const characters = [...command.replace(leadingSpace, '')];
  let prefix = '';
  let isQuoted = false;
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    if (quoting && character === '"') isQuoted = !isQuoted;
    else if (character === escaping) {
      index += 1;
      prefix += characters[index] ?? '';
    } else {
      if (!isQuoted && whiteSpace.test(character)) prefixes.push(prefix);
      prefix += character;
    }
  }
  return [...prefixes, prefix];
};

/** The arguments of both functions; an error in osquery's words for those that cannot be used. */
const prefixesIn = (args: readonly SqlArgument[], called: string): readonly string[] => {
  const [command, quoting = 0, escaping = '\\'] = args;
  const text = textOf(command);
  const escapeText = textOf(escaping);
  if (
    text === undefined ||
    quoting === null ||
    escapeText === undefined ||
    Buffer.byteLength(escapeText) !== 1
  )
    throw new Error(`Invalid inputs to ${called}`);
  return prefixesOf(text, integerOf(quoting) !== 0, escapeText);
};

/** A path that is there and is no directory. One that does not begin with `/` names nothing here. */
const isFile = (files: HostFiles, path: string): boolean => {
  const stat = path.startsWith('/') ? files.stat(path) : undefined;
  return stat !== undefined && stat.kind !== 'directory';
};

/** Whether a command line can start one program only, however its spaces are read. */
const isPathDeterministic: RunFunction = {
  name: 'is_path_deterministic',
  arity: -1,
  callIn: ({ services }, ...args) => {
    const prefixes = prefixesIn(args, 'is_path_deterministic');
    const isThere = (prefix: string): boolean => isFile(services.files, prefix);
    const shortest = prefixes.find(isThere);
    return shortest === undefined || shortest === prefixes.findLast(isThere);
  },
};

/** The program that a command line starts; an empty text where none is there. */
const findFilePathInCmd: RunFunction = {
  name: 'find_file_path_in_cmd',
  arity: -1,
  callIn: ({ services }, ...args) =>
    prefixesIn(args, 'find_binary_path_from_cmd').find((prefix) => isFile(services.files, prefix)) ?? '',
};

/** The path up to its last slash. */
const parentDirectory: ScalarFunction = {
  name: 'parent_directory',
  arity: 1,
  call: (path) => {
    if (typeof path !== 'string') throw new Error('Invalid inputs to parent_directory, TEXT was expected');
    const slash = path.lastIndexOf('/');
    return slash === -1 ? null : path.slice(0, slash);
  },
};

export const filePathFunctions: readonly (ScalarFunction | RunFunction)[] = [
  isPathDeterministic,
  findFilePathInCmd,
  parentDirectory,
];
