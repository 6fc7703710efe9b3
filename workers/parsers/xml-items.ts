/** Entities that XML itself has. */
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/**
 * Text of some elements in each `<item>` of an answer of EC2's query API, which nests no items in those that are read
 * here. An element that an item lacks is ''.
 */
export const xmlItems = (xml: string, elements: readonly string[]): Readonly<Record<string, string>>[] =>
  xml
    .split('<item>')
    .slice(1)
    .map((item) => Object.fromEntries(elements.map((name) => [name, textIn(item, name)])));

const textIn = (item: string, name: string): string => {
  const start = item.indexOf(`<${name}>`);
  const end = item.indexOf(`</${name}>`, start);
  if (start === -1 || end === -1) return '';
  return item.slice(start + name.length + 2, end).replaceAll(/&(#x?)?(\w+);/g, character);
};

const character = (whole: string, kind: string | undefined, name: string): string => {
  if (kind === undefined) return entities[name] ?? whole;
  const code = Number.parseInt(name, kind === '#' ? 10 : 16);
  return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
};
