import { ipBytes } from './ip-bytes.ts';
import { ipv4Text, looseIpv4Number } from './ipv4.ts';

/** What the resolver of the C library makes of its configuration. */
export interface ResolverSettings {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly sortlist: readonly { readonly address: string; readonly mask: string }[];
  /** Bit mask of `struct __res_state` (resolv.h of glibc). */
  readonly options: number;
}

/** Sizes of the fixed tables in `struct __res_state`. */
const most = { nameservers: 3, search: 6, sortlist: 10 } as const;

/** The state is initialised, names are looked up recursively, with the search list, and with the default domain. */
const usualOptions = 0x0001 | 0x0040 | 0x0080 | 0x0200;

/**
 * Options that are switches, and their bits; those that take a number (ndots, timeout, attempts) have none. One is taken
 * by its beginning, so that the longer of two stands first.
 */
const switches: readonly (readonly [name: string, bit: number])[] = [
  ['use-vc', 0x0000_0008],
  ['rotate', 0x0000_4000],
  ['edns0', 0x0010_0000],
  ['single-request-reopen', 0x0040_0000],
  ['single-request', 0x0020_0000],
  ['no-tld-query', 0x0100_0000],
  ['no_tld_query', 0x0100_0000],
  ['no-reload', 0x0200_0000],
  ['trust-ad', 0x0400_0000],
  ['no-aaaa', 0x0800_0000],
  ['strict-error', 0x1000_0000],
];

const optionBit = (option: string): number => switches.find(([name]) => option.startsWith(name))?.[1] ?? 0;

/**
 * Reads resolv.conf(5) as glibc does (resolv/res_init.c): a keyword begins its line, of several `search` and `domain`
 * lines the last holds, and what is no address is passed over, so that no server of a file with CRLF is taken. Without a
 * name server the local one is asked; without a search list the domain in the host's own name is searched.
 */
export const parseResolvConf = (content: string, hostname: string): ResolverSettings => {
  const nameservers: string[] = [];
  const sortlist: { address: string; mask: string }[] = [];
  let search: readonly string[] = [];
  let options = usualOptions;
  for (const line of content.split('\n')) {
    const [, keyword, rest = ''] = /^(\w+)[ \t]+(.*)$/s.exec(line) ?? [];
    const values = rest.split(/[ \t]+/).filter((value) => value !== '');
    const [first] = values;
    if (first === undefined) continue;
    if (keyword === 'nameserver') nameservers.push(...serverAddress(first));
    else if (keyword === 'domain') search = [first];
    else if (keyword === 'search') search = values;
    else if (keyword === 'sortlist') sortlist.push(...sortEntries(rest));
    else if (keyword === 'options') for (const value of values) options |= optionBit(value);
  }
  const domain = hostname.indexOf('.');
  const usualSearch = domain === -1 ? [] : [hostname.slice(domain + 1)];
  return {
    nameservers: (nameservers.length > 0 ? nameservers : ['127.0.0.1']).slice(0, most.nameservers),
    search: (search.length > 0 ? search : usualSearch).slice(0, most.search),
    sortlist: sortlist.slice(0, most.sortlist),
    options,
  };
};

/** A name server by its address, IPv6 with its zone as it stands. */
const serverAddress = (value: string): string[] => {
  const number = looseIpv4Number(value);
  if (number !== undefined) return [ipv4Text(number)];
  return value.includes(':') && ipBytes(value) !== undefined ? [value] : [];
};

/**
 * `address` or `address/mask` (`&` does as well), up to a semicolon; without a mask, or with one that is none, that of the
 * address's class (RFC 791).
 */
const sortEntries = (list: string): { address: string; mask: string }[] =>
  (list.split(';', 1)[0] ?? '').split(/\s+/).flatMap((value) => {
    const [address = '', mask = ''] = value.split(/[/&]/);
    const number = looseIpv4Number(address);
    if (number === undefined) return [];
    const maskNumber = looseIpv4Number(mask) ?? classMask(number >>> 24);
    return [{ address: ipv4Text(number), mask: ipv4Text(maskNumber) }];
  });

const classMask = (first: number): number => {
  if (first < 128) return 0xff00_0000;
  return first < 192 ? 0xffff_0000 : 0xffff_ff00;
};
