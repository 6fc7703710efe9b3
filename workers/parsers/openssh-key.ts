/** What the public part of an OpenSSH private key tells, which is never encrypted. */
export interface OpensshKey {
  readonly encrypted: boolean;
  readonly kind: 'rsa' | 'dsa' | 'ec' | 'ed25519' | 'unknown';
  /** Name of the curve as OpenSSL has it; '' for other keys. */
  readonly curve: string;
  /** Bits of the modulus or of the curve's order; undefined where the kind is unknown. */
  readonly length_bits: number | undefined;
}

const block = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]*)/;
const magic = Buffer.from('openssh-key-v1\0');

const curves: Readonly<Record<string, readonly [name: string, order_bits: number]>> = {
  nistp256: ['prime256v1', 256],
  nistp384: ['secp384r1', 384],
  nistp521: ['secp521r1', 521],
};

/** Reads a private key in OpenSSH's own format (PROTOCOL.key of OpenSSH); undefined for text that holds none. */
export const parseOpensshKey = (text: string): OpensshKey | undefined => {
  const bytes = Buffer.from(block.exec(text)?.[1] ?? '', 'base64');
  if (!bytes.subarray(0, magic.length).equals(magic)) return undefined;
  // cipher, key derivation, its options; then how many keys there are, of which the first is the only one.
  const [cipher, , options] = strings(bytes.subarray(magic.length), 3);
  if (cipher === undefined || options === undefined) return undefined;
  const countAt = options.byteOffset - bytes.byteOffset + options.length;
  const [publicKey] = strings(bytes.subarray(countAt + 4), 1);
  const encrypted = cipher.toString() !== 'none';
  return { encrypted, ...publicFacts(publicKey ?? Buffer.alloc(0)) };
};

const publicFacts = (key: Buffer): Omit<OpensshKey, 'encrypted'> => {
  const [type, first, second] = strings(key, 3);
  const name = type?.toString() ?? '';
  if (name === 'ssh-rsa') return { kind: 'rsa', curve: '', length_bits: bitLength(second) };
  if (name === 'ssh-dss') return { kind: 'dsa', curve: '', length_bits: bitLength(first) };
  if (/^(sk-)?ssh-ed25519(@|$)/.test(name)) return { kind: 'ed25519', curve: '', length_bits: 256 };
  const [curve, length_bits] = curves[/^(?:sk-)?ecdsa-sha2-(nistp\d+)/.exec(name)?.[1] ?? ''] ?? [];
  return { kind: curve === undefined ? 'unknown' : 'ec', curve: curve ?? '', length_bits };
};

/** Strings of the protocol (RFC 4251, section 5), as many as are whole. */
const strings = (bytes: Buffer, most: number): Buffer[] => {
  const found: Buffer[] = [];
  for (let at = 0; found.length < most && at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    found.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return found;
};

const bitLength = (number: Buffer | undefined): number | undefined => {
  const start = number?.findIndex((byte) => byte !== 0) ?? -1;
  if (number === undefined || start === -1) return undefined;
  return (number.length - start) * 8 - Math.clz32(number[start] ?? 0) + 24;
};
