import { cSpace, integerOf, type ScalarFunction, textOf } from './function.ts';

const spaceAround = new RegExp(`^[${cSpace}]+|[${cSpace}]+$`, 'g');

/** The part with this index of a text cut at any of the given characters, trimmed; empty parts do not count. */
const split: ScalarFunction = {
  name: 'split',
  arity: 3,
  call: (input, tokens, index) => {
    const text = textOf(input);
    const separators = textOf(tokens);
    if (text === undefined || separators === undefined || index === null) return null;
    if (separators === '') throw new Error('Invalid input to split function');
    return pieces(text, new Set(separators))[integerOf(index)]?.replace(spaceAround, '') ?? null;
  },
};

const pieces = (text: string, separators: ReadonlySet<string>): readonly string[] => {
  const found: string[] = [];
  let piece = '';
  for (const character of text) {
    if (!separators.has(character)) piece += character;
    else if (piece !== '') {
      found.push(piece);
      piece = '';
    }
  }
  return piece === '' ? found : [...found, piece];
};

/** Texts joined, NULLs left out; NULL only without arguments. */
const concat: ScalarFunction = {
  name: 'concat',
  arity: -1,
  call: (...args) => (args.length === 0 ? null : args.map((value) => textOf(value) ?? '').join('')),
};

/**
 * Texts joined with a separator, NULLs left out; NULL when only the separator is given. The separator follows every
 * value but the last argument, so a NULL there leaves one dangling: osquery's behaviour.
 */
const concatWs: ScalarFunction = {
  name: 'concat_ws',
  arity: -1,
  call: (...args) => {
    if (args.length === 0) throw new Error('Missing separator to concat_ws');
    const [separator, ...rest] = args;
    const between = textOf(separator) ?? '';
    const pieces = rest.map((value, index) => {
      const text = textOf(value);
      return text === undefined ? '' : index === rest.length - 1 ? text : text + between;
    });
    return rest.length === 0 ? null : pieces.join('');
  },
};

/** Sound classes of A … Z in the Soundex code; 0 is not coded. */
const sounds = '01230120022455012623010202';

/** SQLite's soundex(), which this build leaves out: a letter and three digits, or `?000` without letters. */
const soundex: ScalarFunction = {
  name: 'soundex',
  arity: 1,
  call: (input) => {
    const letters = (textOf(input) ?? '').replace(/^[^A-Za-z]+/, '').toUpperCase();
    if (letters === '') return '?000';
    let code = letters.charAt(0);
    let previous = soundOf(letters, 0);
    for (let index = 1; index < letters.length && code.length < 4; index += 1) {
      const sound = soundOf(letters, index);
      if (sound !== '0' && sound !== previous) code += sound;
      previous = sound;
    }
    return code.padEnd(4, '0');
  },
};

const soundOf = (letters: string, index: number): string => sounds[letters.charCodeAt(index) - 65] ?? '0';

export const stringFunctions: readonly ScalarFunction[] = [split, concat, concatWs, soundex];
