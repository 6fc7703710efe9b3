/** A field of dpkg's database that the tables show (deb-control(5)). */
export type DpkgField =
  | 'Package'
  | 'Status'
  | 'Priority'
  | 'Section'
  | 'Installed-Size'
  | 'Maintainer'
  | 'Architecture'
  | 'Source'
  | 'Version';

/** The asked fields of one package; a field that its paragraph lacks is undefined. */
export type DpkgPackage = Partial<Record<DpkgField, string>>;

const blank = 0x20;
const tab = 0x09;

/** A field, and what its line begins with. */
interface Start {
  readonly field: DpkgField;
  readonly start: string;
}

/**
 * Packages of a dpkg database (`/var/lib/dpkg/status`, dpkg(1)), with only the fields asked for. The text is the bytes of
 * the file as Latin-1, half as large as what a few names beyond ASCII would make of it; values come out as the UTF-8
 * that they are. Lines that are none of the fields, continuation lines among these, are passed over; so is a paragraph
 * without any of them. The text is walked once, line by line: a database has some twenty lines a package, and a
 * pattern per line would take longer than reading the file.
 */
export function* parseDpkgStatus(text: string, fields: readonly DpkgField[]): Generator<DpkgPackage> {
  const content = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
  const wanted = wantedOf(fields);
  for (let at = 0; at < content.length; ) {
    const { found, next } = paragraphAt(content, at, wanted, fields.length);
    // Most paragraphs are ASCII, and need no decoding.
    if (found !== undefined) yield isAscii(content.slice(at, next)) ? found : decoded(found, fields);
    at = next;
  }
}

/** What a paragraph tells, if any of what was asked for, and where to go on. */
interface Paragraph {
  readonly found: DpkgPackage | undefined;
  readonly next: number;
}

/** The paragraph, or what is left of one, that begins at a place. Once `most` fields are found the rest is passed over. */
const paragraphAt = (
  content: string,
  from: number,
  wanted: readonly (readonly Start[] | undefined)[],
  most: number,
): Paragraph => {
  const found: DpkgPackage = {};
  let count = 0;
  let at = from;
  while (at < content.length) {
    let end = content.indexOf('\n', at);
    if (end === -1) end = content.length;
    const isOver = end === at;
    const starts = wanted[content.charCodeAt(at)];
    if (starts !== undefined) {
      for (const { field, start } of starts) {
        if (!content.startsWith(start, at)) continue;
        found[field] = valueIn(content, at + start.length, end);
        count += 1;
      }
    }
    at = count === most ? paragraphEnd(content, end) : end + 1;
    if (isOver || count === most) break;
  }
  return { found: count > 0 ? found : undefined, next: at };
};

/** The fields by the code of the first letter, so that most lines are told apart by one look. */
const wantedOf = (fields: readonly DpkgField[]): readonly (readonly Start[] | undefined)[] => {
  const wanted: Start[][] = [];
  for (const field of fields) {
    const letter = field.charCodeAt(0);
    wanted[letter] = [...(wanted[letter] ?? []), { field, start: `${field}:` }];
  }
  return wanted;
};

/** Where the empty line after the line that ends at `end` is: the rest of a paragraph need not be walked. */
const paragraphEnd = (content: string, end: number): number => {
  const gap = content.indexOf('\n\n', end);
  return gap === -1 ? content.length : gap + 1;
};

/** The text between two places without the white space around it. */
const valueIn = (content: string, from: number, to: number): string => {
  let start = from;
  let end = to;
  while (start < end && isSpace(content.charCodeAt(start))) start += 1;
  while (end > start && isSpace(content.charCodeAt(end - 1))) end -= 1;
  return content.slice(start, end);
};

const isSpace = (code: number): boolean => code === blank || code === tab;

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

const decoded = (found: DpkgPackage, fields: readonly DpkgField[]): DpkgPackage => {
  const package_: DpkgPackage = {};
  for (const field of fields) {
    const value = found[field];
    if (value !== undefined) package_[field] = Buffer.from(value, 'latin1').toString();
  }
  return package_;
};
