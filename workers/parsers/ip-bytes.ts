const v6_bytes = 16;

/**
 * The bytes of an address in network order, 4 or 16, by the rules of inet_pton(3): four decimal parts without leading
 * zeros, or RFC 4291 section 2.2. What follows a `%` (a zone) is passed over. Undefined for what is no address.
 */
export const ipBytes = (address: string): Uint8Array | undefined => {
  if (!address.includes(':')) return ipv4Bytes(address);
  const [plain = ''] = address.split('%', 1);
  const halves = plain.split('::');
  if (halves.length > 2) return undefined;
  const [head = '', tail] = halves;
  const left = groupBytes(head, tail === undefined);
  const right = tail === undefined ? [] : groupBytes(tail, true);
  if (left === undefined || right === undefined) return undefined;
  const missing = v6_bytes - left.length - right.length;
  // `::` stands for at least one group of zeros.
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.from([...left, ...new Array<number>(missing).fill(0), ...right]);
};

const ipv4Bytes = (address: string): Uint8Array | undefined => {
  const parts = address.split('.');
  const isStrict = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part));
  const bytes = parts.map(Number);
  return isStrict && bytes.every((byte) => byte <= 255) ? Uint8Array.from(bytes) : undefined;
};

/** The bytes of groups between colons; the last may be an IPv4 address where the text ends with it. */
const groupBytes = (text: string, mayEndDotted: boolean): readonly number[] | undefined => {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const dotted = mayEndDotted && index === groups.length - 1 ? ipv4Bytes(group) : undefined;
    if (dotted !== undefined) bytes.push(...dotted);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const number = Number.parseInt(group, 16);
      bytes.push(number >> 8, number & 255);
    } else return undefined;
  }
  return bytes;
};
