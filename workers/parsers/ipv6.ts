const words = 8;

/**
 * The text of an IPv6 address as inet_ntop(3) of the GNU C library writes it: RFC 5952, and a dotted end for
 * addresses that carry an IPv4 address (::ffff:192.0.2.1, ::192.0.2.1). `digits` are its 16 bytes in network order
 * as 32 hexadecimal digits; undefined when they are not that.
 */
export const ipv6Text = (digits: string): string | undefined => {
  if (!/^[0-9a-f]{32}$/i.test(digits)) return undefined;
  const groups = Array.from({ length: words }, (_, index) =>
    Number.parseInt(digits.slice(index * 4, index * 4 + 4), 16),
  );
  const { start, length } = longestZeros(groups);
  const end = start + length;
  const carriesIpv4 = start === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff));
  const pieces = groups.map((group) => group.toString(16));
  if (carriesIpv4) pieces.splice(6, 2, dotted(groups[6] ?? 0, groups[7] ?? 0));
  return length === 0
    ? pieces.join(':')
    : `${pieces.slice(0, start).join(':')}::${pieces.slice(end).join(':')}`;
};

/** The first of the longest runs of at least two zeros, which `::` stands for (RFC 5952 section 4.2). */
const longestZeros = (groups: readonly number[]): { readonly start: number; readonly length: number } => {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > Math.max(best.length, 1)) best = { start, length: index + 1 - start };
  }
  return best;
};

const dotted = (high: number, low: number): string =>
  [high >>> 8, high & 255, low >>> 8, low & 255].join('.');
