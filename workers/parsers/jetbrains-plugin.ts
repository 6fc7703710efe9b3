/** What a plugin.xml says of its plugin. */
export interface JetbrainsPlugin {
  readonly name: string;
  readonly version: string;
  readonly vendor: string;
}

/** Reads a plugin.xml: the first of each element that matters. It need not be well-formed otherwise. */
export const parseJetbrainsPlugin = (content: string): JetbrainsPlugin => {
  const text = withoutComments(content);
  return {
    name: elementText(text, 'name'),
    version: elementText(text, 'version'),
    vendor: elementText(text, 'vendor'),
  };
};

const withoutComments = (content: string): string => {
  let text = '';
  for (let at = 0; ; ) {
    const start = content.indexOf('<!--', at);
    const end = start === -1 ? -1 : content.indexOf('-->', start);
    if (end === -1) return text + content.slice(at, start === -1 ? undefined : start);
    text += content.slice(at, start);
    at = end + '-->'.length;
  }
};

/** Text of an element, with or without attributes; '' where there is none. */
const elementText = (text: string, element: string): string => {
  const start = new RegExp(`<${element}(?:>|\\s[^<>]*[^<>/]>)`).exec(text);
  if (start === null) return '';
  const from = start.index + start[0].length;
  const to = text.indexOf(`</${element}`, from);
  return to === -1 ? '' : plainText(text.slice(from, to).trim());
};

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const plainText = (text: string): string =>
  text.startsWith('<![CDATA[')
    ? text.slice('<![CDATA['.length).replace(/\]\]>$/, '')
    : text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (whole, name: string) => entities[name] ?? whole);

/**
 * Names of jars in the order in which the one with the plugin.xml is likely to come: resources and libraries with a
 * version in their name last, those that begin like the plugin's directory first, short names before long ones.
 */
export const likelyFirst = (jars: readonly string[], plugin: string): string[] => {
  const start = plugin.toLowerCase();
  const rank = (jar: string): number =>
    (jar.startsWith('resources') ? 4 : 0) +
    (/-m?\d/i.test(jar) ? 2 : 0) +
    (jar.toLowerCase().startsWith(start) ? 0 : 1);
  return jars
    .map((jar) => ({ jar, rank: rank(jar) }))
    .toSorted((a, b) => a.rank - b.rank || a.jar.length - b.jar.length || (a.jar < b.jar ? -1 : 1))
    .map(({ jar }) => jar);
};
