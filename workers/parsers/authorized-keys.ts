import { cutAtNul } from '../../protocol/cut-at-nul.ts';
import { textLines } from './text-lines.ts';

/** A public key that may log in. */
export interface AuthorizedKey {
  readonly algorithm: string;
  /** The key in base64. */
  readonly key: string;
  /** What the key may do, as written; '' without restrictions. */
  readonly options: string;
  readonly comment: string;
}

/** Types of keys, certificates and hardware tokens' keys among them (sshd(8), ssh-keygen(1)). */
const algorithms = /^(sk-)?(ssh|ecdsa-sha2)-[\w.@-]{1,64}$/;

/**
 * Reads an authorized_keys file (sshd(8)): options, type, key, comment. A line without a key is left out. What sshd takes for
 * a key is one, however it is made to look: a NUL ends a line, and blanks that do not end a word are passed over in a key.
 */
export const parseAuthorizedKeys = (content: string): AuthorizedKey[] =>
  textLines(content).flatMap((text) => {
    const line = cutAtNul(text);
    if (line.startsWith('#')) return [];
    const plain = keyOf(line, '');
    if (plain !== undefined) return [plain];
    const end = endOfOptions(line);
    const limited = keyOf(line.slice(end).trimStart(), line.slice(0, end));
    return limited === undefined ? [] : [limited];
  });

const keyOf = (text: string, options: string): AuthorizedKey | undefined => {
  const [algorithm, rest] = firstWord(text);
  const [written, comment] = firstWord(rest);
  const key = written.replace(/[\r\v\f]/g, '');
  if (!algorithms.test(algorithm) || !/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return undefined;
  return { algorithm, key, options, comment };
};

const firstWord = (text: string): [word: string, rest: string] => {
  const end = text.search(/[ \t]/);
  return end === -1 ? [text, ''] : [text.slice(0, end), text.slice(end).trimStart()];
};

/** Where the options end: at the first blank outside quotes. `\"` is a quote within quotes. */
const endOfOptions = (line: string): number => {
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at];
    if (char === '\\' && line[at + 1] === '"') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === ' ' || char === '\t')) return at;
  }
  return line.length;
};
