import { createPrivateKey, type KeyObject } from 'node:crypto';
import { curveSecurityBits, modulusSecurityBits } from '../parsers/key-strength.ts';
import { parseOpensshKey } from '../parsers/openssh-key.ts';

/** What is told of a private key; never a part of it. */
export interface PrivateKeyFacts {
  readonly encrypted: number;
  readonly key_type: string;
  readonly key_group_name: string;
  /** -1 where the key does not tell without its pass phrase. */
  readonly key_length: number;
  readonly key_security_bits: number;
}

const unknown = { key_group_name: '', key_length: -1, key_security_bits: -1 } as const;

/** Bits of the orders of curves whose names do not tell. */
const orders_bits: Readonly<Record<string, number>> = { prime256v1: 256, secp256k1: 256 };

/**
 * Facts of the private key in a text; undefined where there is none, as in a note that speaks of one. A key that needs its
 * pass phrase is taken at its word.
 */
export const privateKeyFacts = (text: string): PrivateKeyFacts | undefined => {
  const found = /-----BEGIN (?:(RSA|DSA|EC|ENCRYPTED|OPENSSH) )?PRIVATE KEY-----/.exec(text);
  if (found === null) return undefined;
  const [, label] = found;
  if (label === 'OPENSSH') return opensshFacts(text);
  if (label === 'ENCRYPTED' || text.includes('ENCRYPTED')) {
    // The old form says in clear what kind of key it is.
    const key_type = label === undefined || label === 'ENCRYPTED' ? '' : label.toLowerCase();
    return { encrypted: 1, key_type, ...unknown };
  }
  const key = openKey(text);
  return key && { encrypted: 0, ...keyFacts(key) };
};

const opensshFacts = (text: string): PrivateKeyFacts | undefined => {
  const key = parseOpensshKey(text);
  if (key === undefined) return undefined;
  const { kind, curve, length_bits } = key;
  return {
    encrypted: key.encrypted ? 1 : 0,
    key_type: kind === 'unknown' ? '' : kind,
    key_group_name: curve,
    key_length: length_bits ?? -1,
    key_security_bits: length_bits === undefined ? -1 : securityBits(kind, length_bits),
  };
};

const securityBits = (kind: string, length_bits: number): number => {
  if (kind === 'ed448') return 224;
  return /^(rsa|dsa|dh)/.test(kind) ? modulusSecurityBits(length_bits) : curveSecurityBits(length_bits);
};

/** Node throws for a key that OpenSSL cannot read. */
const openKey = (pem: string): KeyObject | undefined => {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
};

const keyFacts = (key: KeyObject): Omit<PrivateKeyFacts, 'encrypted'> => {
  const { modulusLength, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const key_type = key.asymmetricKeyType ?? '';
  const length_bits = modulusLength ?? fixedLength_bits(key_type, namedCurve);
  return {
    key_type: key_type === 'rsa-pss' ? 'rsa' : key_type,
    key_group_name: namedCurve,
    key_length: length_bits ?? -1,
    key_security_bits: length_bits === undefined ? -1 : securityBits(key_type, length_bits),
  };
};

const fixedLength_bits = (key_type: string, curve: string): number | undefined => {
  if (key_type === 'ed25519') return 256;
  if (key_type === 'ed448') return 456;
  const named = /^(?:sec[pt]|brainpoolP)(\d{3})/.exec(curve)?.[1];
  return orders_bits[curve] ?? (named === undefined ? undefined : Number(named));
};
