/** The character classes that C++ knows within brackets, in the C locale, as what JavaScript has for them there. */
const classes: ReadonlyMap<string, string> = new Map([
  ['alnum', '0-9A-Za-z'],
  ['alpha', 'A-Za-z'],
  ['blank', ' \\t'],
  ['cntrl', '\\x00-\\x1f\\x7f'],
  ['digit', '0-9'],
  ['graph', '\\x21-\\x7e'],
  ['lower', 'a-z'],
  ['print', '\\x20-\\x7e'],
  ['punct', '\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e'],
  ['space', ' \\t\\n\\v\\f\\r'],
  ['upper', 'A-Z'],
  ['xdigit', '0-9A-Fa-f'],
  ['d', '\\d'],
  ['s', '\\s'],
  ['w', '\\w'],
]);

/** What is escaped stands for itself, and classes count within brackets only. */
const brackets = /\\[\s\S]|\[\^?(?:\[:\w+:\]|\\[\s\S]|[^\]\\])*\]/g;
const named = /\\[\s\S]|\[:(\w+):\]/g;

/**
 * A pattern of C++'s std::regex for JavaScript, which reads `[[:digit:]]` as something else without a word. Both have the
 * grammar of ECMAScript otherwise. Throws for a class that there is not, as C++ does.
 */
export const withoutPosixClasses = (pattern: string): string =>
  pattern.includes('[:') ? pattern.replace(brackets, translated) : pattern;

/** The first character of brackets is the bracket, also in `[:a:]`, which is three characters. */
const translated = (token: string): string =>
  token.charAt(0) +
  token.slice(1).replace(named, (whole, name?: string) => (name === undefined ? whole : classOf(name)));

const classOf = (name: string): string => {
  const characters = classes.get(name.toLowerCase());
  if (characters === undefined) throw new Error(`no class of characters is called ${name}`);
  return characters;
};
