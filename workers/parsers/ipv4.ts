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
