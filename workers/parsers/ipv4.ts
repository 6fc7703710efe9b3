/** An IPv4 address in dotted form as an unsigned 32-bit number; undefined when it is none. */
export const ipv4Number = (address: string): number | undefined => {
  const octets = address.split('.');
  if (octets.length !== 4) return undefined;
  let number = 0;
  for (const octet of octets) {
    if (!/^\d{1,3}$/.test(octet) || Number(octet) > 255) return undefined;
    number = number * 256 + Number(octet);
  }
  return number;
};

/** The dotted form of an unsigned 32-bit number. */
export const ipv4Text = (number: number): string =>
  [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join('.');

/** The mask of so many leading bits, 0 to 32, as an unsigned 32-bit number. */
export const ipv4Mask = (prefixLength: number): number =>
  prefixLength === 0 ? 0 : (-1 << (32 - prefixLength)) >>> 0;

/**
 * An IPv4 address as inet_aton(3) takes it, as an unsigned 32-bit number: one to four parts, decimal, octal after 0 or
 * hexadecimal after 0x, of which the last fills what is left. Undefined when it is none.
 */
export const looseIpv4Number = (address: string): number | undefined => {
  const parts = address.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(?:0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.test(part)))
    return undefined;
  const numbers = parts.map((part) => Number(/^0[0-7]/.test(part) ? `0o${part.slice(1)}` : part));
  const last = numbers.pop() ?? 0;
  const left = 2 ** (8 * (4 - numbers.length));
  if (last >= left || numbers.some((number) => number > 255)) return undefined;
  return numbers.reduce((sum, number, index) => sum + number * 2 ** (24 - 8 * index), last);
};
