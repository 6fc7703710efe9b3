import { deb822Paragraphs } from './deb822.ts';
import { withoutLastSlashes } from './path-parts.ts';

/** One repository of binary packages: an address with one suite. */
export interface AptSource {
  /** Address as written, without slashes at its end. */
  readonly base_uri: string;
  /** Address without its scheme, and the suite. */
  readonly name: string;
  /** What the names of the repository's files in /var/lib/apt/lists begin with. */
  readonly listPrefix: string;
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/** Reads the one-line style of sources.list(5). Sources of source code, and lines that are none, are left out. */
export const parseSourcesList = (content: string): AptSource[] =>
  content.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)/.exec(line.replace(/#.*/s, ''));
    const [, uri = '', suite = ''] = match ?? [];
    return sourceOf(uri, suite);
  });

/** What apt takes for no. */
const negatives = ['no', 'false', 'without', 'off', 'disable', '0'];

/** Reads the deb822 style of sources.list(5): every address with every suite of the paragraphs that are enabled. */
export const parseDeb822Sources = (content: string): AptSource[] =>
  [...deb822Paragraphs(content)].flatMap((fields) => {
    const isEnabled = !negatives.includes((fields.get('enabled') ?? '').toLowerCase());
    if (!isEnabled || !words(fields.get('types') ?? '').includes('deb')) return [];
    const suites = words(fields.get('suites') ?? '');
    return words(fields.get('uris') ?? '').flatMap((uri) => suites.flatMap((suite) => sourceOf(uri, suite)));
  });

/** None for what is no address, as a disc is none (`cdrom:[label]/`). A suite that ends in a slash is a path in a repository without `dists`. */
const sourceOf = (uri: string, suite: string): AptSource[] => {
  const [, scheme, place] = /^([a-z][a-z0-9+.-]*):(?:\/\/)?(.+)$/i.exec(uri) ?? [];
  if (place === undefined || scheme?.toLowerCase() === 'cdrom') return [];
  const base_uri = withoutLastSlashes(uri);
  const target = withoutLastSlashes(place);
  // Who signs in is no part of the file's name, nor are the brackets around an address of IPv6.
  const host = target.replace(/^[^/]*@/, '').replace(/^\[([^\]]*)\]/, '$1');
  const path = suite.endsWith('/') ? suite : `dists/${suite}/`;
  return [{ base_uri, name: `${target} ${suite}`, listPrefix: listName(`${host}/${path}`) }];
};

/** How apt names the file of an address: URItoFileName and QuoteString of apt's strutl.cc. */
const listName = (address: string): string =>
  address
    .replaceAll(/[\\|{}[\]<>"^~_=!@#$%&*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    .replaceAll('/', '_');
