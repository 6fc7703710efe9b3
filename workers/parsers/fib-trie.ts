/** Something that the host itself answers to: its addresses, and where it hears broadcasts. */
export interface OwnIpv4Route {
  readonly destination: string;
  /** 0 to 32. */
  readonly prefixLength: number;
  readonly type: 'local' | 'broadcast';
}

/** A leaf, and the routes below it whose destinations begin there. */
const leaf = /\|-- ([\d.]+)\n((?: +\/\d+ .*\n)+)/g;
const own = /\/(\d+) \S+ (LOCAL|BROADCAST)\b/g;

/**
 * Reads /proc/net/fib_trie (fib_trie_seq_show in net/ipv4/fib_trie.c): the IPv4 routes of every table as the kernel keeps
 * them, of which those of the types local and broadcast are given, each once: tables that are kept as one are printed
 * twice. It tells neither interface nor gateway.
 */
export const parseFibTrie = (content: string): OwnIpv4Route[] => {
  const routes = new Map<string, OwnIpv4Route>();
  for (const [, destination = '', lines = ''] of content.matchAll(leaf)) {
    for (const [line, length, type] of lines.matchAll(own)) {
      const prefixLength = Number(length);
      if (prefixLength > 32) continue;
      routes.set(`${destination}${line}`, {
        destination,
        prefixLength,
        type: type === 'LOCAL' ? 'local' : 'broadcast',
      });
    }
  }
  return [...routes.values()];
};
