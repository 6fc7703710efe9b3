/** An entry of a file that follows the form of /etc/services and /etc/protocols. */
export interface InetDatabaseEntry {
  /** Words in front of the comment: the name, the number, then aliases. At least two. */
  readonly fields: readonly [name: string, number: string, ...aliases: string[]];
  /** What follows `#`; '' without one. Parts between further `#` are set off by blanks, as in osquery. */
  readonly comment: string;
}

/** Reads the lines of services(5) and protocols(5). A line with fewer than two words is left out. */
export const parseInetDatabase = (content: string): InetDatabaseEntry[] =>
  content.split('\n').flatMap((line) => {
    const [entry = '', ...comments] = line.split('#');
    const [name = '', number, ...aliases] = entry.trim().split(/\s+/);
    if (name === '' || number === undefined) return [];
    const parts = comments.map((part) => part.trim()).filter((part) => part !== '');
    return [{ fields: [name, number, ...aliases], comment: parts.join(' # ') }];
  });
