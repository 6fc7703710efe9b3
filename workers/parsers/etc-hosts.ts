/** A line of /etc/hosts (hosts(5)): an address and its names, the canonical one first. */
export interface HostsEntry {
  readonly address: string;
  readonly names: readonly string[];
}

/** Reads /etc/hosts. What follows `#` is a comment; an address without names is an entry too. */
export const parseEtcHosts = (content: string): HostsEntry[] =>
  content.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return address === '' ? [] : [{ address, names }];
  });

/**
 * The canonical name of a host: the first name of the first line that has its name, in any case, as nss_files(5) finds
 * it for getaddrinfo(3). Undefined where no line has it.
 */
export const canonicalHostName = (entries: readonly HostsEntry[], name: string): string | undefined => {
  const wanted = name.toLowerCase();
  const entry = entries.find(({ names }) => names.some((each) => each.toLowerCase() === wanted));
  return entry?.names[0];
};
