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

/** What moves a jar behind the others, the strongest first; `plugin` is the name of the directory, in lower case. */
const laterJars: readonly ((jar: string, plugin: string) => boolean)[] = [
  (jar) => jar.startsWith('resources'),
  // A version ends the name.
  (jar) => /-m?\d[^-]*$/i.test(jar),
  (jar, plugin) => !jar.toLowerCase().startsWith(plugin),
  (jar) => jar.toLowerCase().endsWith('-idea.jar'),
  (jar) => jar === 'database-plugin.jar',
];

/**
 * Names of jars in the order in which the development environments, and osquery, look for the one with the plugin.xml:
 * resources and libraries with a version in their name last, those that begin like the plugin's directory first, short
 * names before long ones. Where several have a plugin.xml, the first one counts.
 */
export const likelyFirst = (jars: readonly string[], plugin: string): string[] => {
  const start = plugin.toLowerCase();
  const rank = (jar: string): number =>
    laterJars.reduce((sum, isLater) => sum * 2 + Number(isLater(jar, start)), 0);
  return jars
    .map((jar) => ({ jar, rank: rank(jar) }))
    .toSorted((a, b) => a.rank - b.rank || a.jar.length - b.jar.length || (a.jar < b.jar ? -1 : 1))
    .map(({ jar }) => jar);
};
