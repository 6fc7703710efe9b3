import { programHead_bytes } from '../../protocol/program-facts.ts';

/** What the kernel would do with a file, by its first bytes. */
export type ProgramFormat =
  | { readonly kind: 'elf' }
  | { readonly kind: 'script'; readonly interpreter: string; readonly argument: string | undefined }
  /** It begins with `#!`, but not in a way that we vouch for. */
  | { readonly kind: 'bad_script'; readonly why: string; readonly remedy: string }
  | { readonly kind: 'unknown' };

/**
 * Reads the first bytes of a program as the kernel does (fs/binfmt_script.c): `#!`, the interpreter up to white space,
 * the rest of the line as one argument. Stricter where the kernel would go on with something that the author did not
 * write: a line that does not end within its 256 bytes, control characters (a CR of a Windows editor becomes part of
 * the name), an interpreter that is looked for in the current directory.
 */
export const programFormat = (head: Uint8Array): ProgramFormat => {
  const text = Buffer.from(head).toString('latin1');
  if (text.startsWith('\x7fELF')) return { kind: 'elf' };
  if (!text.startsWith('#!')) return { kind: 'unknown' };
  const lineEnd = text.indexOf('\n');
  if (lineEnd < 0 && text.length >= programHead_bytes) {
    return bad(`a first line of more than ${programHead_bytes - 1} bytes`, 'shorten the first line');
  }
  const line = text.slice(2, lineEnd < 0 ? undefined : lineEnd);
  if (line.includes('\r')) return bad('a first line that ends in CR', 'write it with Unix line ends');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[\0-\x08\x0b-\x1f\x7f]/.test(line)) return bad('control characters in its first line', 'remove them');
  const [, interpreter = '', argument = ''] = /^[ \t]*([^ \t]*)[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
  if (!interpreter.startsWith('/')) {
    return bad(`the interpreter '${interpreter}'`, 'name the interpreter by its absolute path');
  }
  const utf8 = (value: string): string => Buffer.from(value, 'latin1').toString();
  return {
    kind: 'script',
    interpreter: utf8(interpreter),
    argument: argument === '' ? undefined : utf8(argument),
  };
};

/** Which program env(1) starts for a script, to be looked for along PATH. */
export type EnvTarget =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'not_understood' };

/** Undefined when the interpreter is not env(1). Only `env NAME` and `env -S NAME WORD…` without quotes are understood. */
export const envTarget = (interpreter: string, argument: string | undefined): EnvTarget | undefined => {
  if (!/\/env$/.test(interpreter)) return undefined;
  const words = /^-S[ \t]*([^'"\\$#]+)$/.exec(argument ?? '')?.[1];
  const name = words === undefined ? argument : words.trim().split(/[ \t]+/)[0];
  if (name === undefined || !/^[A-Za-z0-9_./][A-Za-z0-9_.+/-]*$/.test(name))
    return { kind: 'not_understood' };
  if (!name.includes('/')) return { kind: 'named', name };
  return name.startsWith('/') ? { kind: 'path', path: name } : { kind: 'not_understood' };
};

const bad = (why: string, remedy: string): ProgramFormat => ({ kind: 'bad_script', why, remedy });
