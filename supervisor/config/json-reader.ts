import { fail, ok, type Result } from '../../protocol/result.ts';

/** Where a text stops being JSON. `offset` counts UTF-16 units from 0. */
export interface JsonFault {
  readonly offset: number;
  readonly expected: string;
  readonly found: string;
}

/** A JSON text with the places of its members. */
export interface JsonDocument {
  readonly value: unknown;
  /** Offset of a member's name or of an array's item, by `memberKey` of its path; the root has the empty path. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Members whose name their object had before; the first one counts, as in osquery. */
  readonly repeated: readonly { readonly path: readonly string[]; readonly offset: number }[];
}

/** Key of a path in `JsonDocument.offsets`. NUL cannot be confused with a dot in a name. */
export const memberKey = (path: readonly PropertyKey[]): string => path.map(String).join('\0');

/**
 * Reads JSON (RFC 8259) and remembers where everything stands, which `JSON.parse` does not tell. Nesting beyond
 * `maxDepth` objects and arrays is a fault, so the recursion is bounded.
 */
export const readJson = (text: string, maxDepth: number): Result<JsonDocument, JsonFault> =>
  new JsonReader(text, maxDepth).document();

const failed = Symbol('failed');

const literal = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class JsonReader {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #offsets = new Map<string, number>();
  readonly #repeated: { path: readonly string[]; offset: number }[] = [];
  #at = 0;
  #fault: JsonFault | undefined;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  document(): Result<JsonDocument, JsonFault> {
    const value = this.#value([]);
    if (this.#peek() !== '') this.#refuse('the end of the text');
    if (this.#fault !== undefined) return fail(this.#fault);
    return ok({ value, offsets: this.#offsets, repeated: this.#repeated });
  }

  /** The value at the cursor, or `failed` after a fault was noted. */
  #value(path: readonly string[]): unknown {
    const next = this.#peek();
    const key = memberKey(path);
    if (!this.#offsets.has(key)) this.#offsets.set(key, this.#at);
    if (next === '"') return this.#string();
    if (next !== '{' && next !== '[') return this.#literal();
    if (path.length >= this.#maxDepth) return this.#refuse(`at most ${this.#maxDepth} levels of nesting`);
    return next === '{' ? this.#object(path) : this.#array(path);
  }

  #object(path: readonly string[]): unknown {
    const members: Record<string, unknown> = {};
    this.#at += 1;
    if (this.#take('}')) return members;
    do {
      if (this.#peek() !== '"')
        return this.#refuse(
          Object.keys(members).length === 0 ? "a name in quotes or '}'" : 'a name in quotes',
        );
      const offset = this.#at;
      const name = this.#string();
      if (typeof name !== 'string') return failed;
      if (!this.#take(':')) return this.#refuse("':' after the name");
      const inner = [...path, name];
      const isNew = !Object.hasOwn(members, name);
      if (isNew) this.#offsets.set(memberKey(inner), offset);
      else this.#repeated.push({ path: inner, offset });
      const value = this.#value(inner);
      if (value === failed) return failed;
      // defineProperty, because assigning to `__proto__` would not make a member.
      if (isNew)
        Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true });
    } while (this.#take(','));
    return this.#take('}') ? members : this.#refuse("',' or '}'");
  }

  #array(path: readonly string[]): unknown {
    const items: unknown[] = [];
    this.#at += 1;
    if (this.#take(']')) return items;
    do {
      const value = this.#value([...path, String(items.length)]);
      if (value === failed) return failed;
      items.push(value);
    } while (this.#take(','));
    return this.#take(']') ? items : this.#refuse("',' or ']'");
  }

  #string(): unknown {
    const start = this.#at;
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x22) {
        this.#at += 1;
        return JSON.parse(this.#text.slice(start, this.#at)) as string;
      }
      if (code < 0x20) return this.#refuse('the end of the string');
      if (code === 0x5c) {
        escapeSequence.lastIndex = this.#at;
        const found = escapeSequence.exec(this.#text);
        if (found === null) return this.#refuse('an escape that JSON knows');
        this.#at += found[0].length - 1;
      }
    }
    return this.#refuse('the end of the string');
  }

  #literal(): unknown {
    literal.lastIndex = this.#at;
    const found = literal.exec(this.#text);
    if (found === null) return this.#refuse('a value');
    this.#at += found[0].length;
    return JSON.parse(found[0]) as unknown;
  }

  /** The next character that is no white space; '' at the end. */
  #peek(): string {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1;
    return this.#text[this.#at] ?? '';
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  /** Notes the first fault, at the cursor. */
  #refuse(expected: string): typeof failed {
    this.#fault ??= { offset: this.#at, expected, found: showCharacter(this.#text, this.#at) };
    return failed;
  }
}

const showCharacter = (text: string, offset: number): string => {
  const point = text.codePointAt(offset);
  if (point === undefined) return 'the end of the file';
  if (point === 0x0a) return 'the end of the line';
  if (point === 0xfeff) return 'a byte order mark';
  const printable = point > 0x20 && point < 0x7f;
  return printable ? `'${text[offset]}'` : `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
};
