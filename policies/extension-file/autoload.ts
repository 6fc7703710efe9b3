/** Lines of an `extensions_autoload` file that are looked at; no host has so many extensions. */
const mostLines = 1_000;

/** One path that the file names. */
export interface AutoloadLine {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** What an `extensions_autoload` file comes to. */
export interface AutoloadFile {
  readonly lines: readonly AutoloadLine[];
  /** Sentences for the log, without a full stop. */
  readonly problems: readonly string[];
}

/**
 * Reads osquery's list of extensions: one path a line, white space around it ignored, comments begin with `#` or `;`.
 * Paths are absolute: the daemon works in no directory of its own.
 */
export const parseAutoload = (text: string): AutoloadFile => {
  const lines: AutoloadLine[] = [];
  const problems: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const path = raw.trim();
    const line = index + 1;
    if (path === '' || path.startsWith('#') || path.startsWith(';')) continue;
    if (lines.length === mostLines) {
      problems.push(`line ${line} and what follows are not read: at most ${mostLines} extensions`);
      break;
    }
    if (path.startsWith('/')) lines.push({ path, line });
    else problems.push(`line ${line}: expected an absolute path, found '${path}'`);
  }
  return { lines, problems };
};
