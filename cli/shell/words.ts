/** One escape of a word: an octal code, or a letter as in C. */
const codeOrLetter = /\\([0-7]{1,3}|.)/gs;
const letters: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r' };

const unescaped = (text: string): string =>
  text.replace(codeOrLetter, (_, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8) & 0xff) : (letters[code] ?? code),
  );

/** Quoted words, closed or running to the end, and bare ones. */
const word = /'([^']*)'?|"([^"]*)"?|(\S+)/g;

/** The words of a meta command, as SQLite's shell takes them apart: backslashes mean nothing between single quotes. */
export const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(word)].map(([, single, double, bare]) => single ?? unescaped(double ?? bare ?? ''));
