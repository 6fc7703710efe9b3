import { ipv4Number } from './ipv4.ts';

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

/** Bits of the options that are switches; those that take a number (ndots, timeout, attempts) have none. */
const optionBits: ReadonlyMap<string, number> = new Map(
  Object.entries({
    debug: 0x0000_0002,
    'use-vc': 0x0000_0008,
    rotate: 0x0000_4000,
    'no-check-names': 0x0000_8000,
    edns0: 0x0010_0000,
    'single-request': 0x0020_0000,
    'single-request-reopen': 0x0040_0000,
    'no-tld-query': 0x0100_0000,
    'no-reload': 0x0200_0000,
    'trust-ad': 0x0400_0000,
    'no-aaaa': 0x0800_0000,
    'strict-error': 0x1000_0000,
  }),
);

/**
 * Reads resolv.conf(5) as glibc does: a keyword begins its line, of several `search` and `domain` lines the last holds.
 * Without a name server the local one is asked; without a search list the domain in the host's own name is searched.
 */
export const parseResolvConf = (content: string, hostname: string): ResolverSettings => {
  const nameservers: string[] = [];
  const sortlist: { address: string; mask: string }[] = [];
  let search: readonly string[] = [];
  let options = usualOptions;
  for (const line of content.split('\n')) {
    const [keyword, ...values] = line.trimEnd().split(/[ \t]+/);
    const [first] = values;
    if (keyword === 'nameserver' && first !== undefined) nameservers.push(first);
    else if (keyword === 'domain' && first !== undefined) search = [first];
    else if (keyword === 'search') search = values;
    else if (keyword === 'sortlist') sortlist.push(...values.flatMap(sortEntry));
    else if (keyword === 'options') for (const value of values) options |= optionBits.get(value) ?? 0;
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

/** `address` or `address/mask`; without a mask that of the address's class (RFC 791). */
const sortEntry = (value: string): { address: string; mask: string }[] => {
  const [address = '', mask] = value.split(/[/&]/);
  const number = ipv4Number(address);
  return number === undefined ? [] : [{ address, mask: mask ?? classMask(number >>> 24) }];
};

const classMask = (first: number): string => {
  if (first < 128) return '255.0.0.0';
  return first < 192 ? '255.255.0.0' : '255.255.255.0';
};
