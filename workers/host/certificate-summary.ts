import { hash, type KeyObject, X509Certificate } from 'node:crypto';
import { derFirst, derTag, derValues } from '../parsers/der.ts';
import { type Certificate, parseCertificate } from '../parsers/x509.ts';
import { slashedName, spacedName } from '../parsers/x509-name.ts';

/** Long names that OpenSSL has for the algorithms of keys and signatures; others are shown as ''. */
export const algorithmNames: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.1': 'rsaEncryption',
  '1.2.840.113549.1.1.2': 'md2WithRSAEncryption',
  '1.2.840.113549.1.1.3': 'md4WithRSAEncryption',
  '1.2.840.113549.1.1.4': 'md5WithRSAEncryption',
  '1.2.840.113549.1.1.5': 'sha1WithRSAEncryption',
  '1.2.840.113549.1.1.10': 'rsassaPss',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
  '1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
  '1.2.840.113549.1.1.14': 'sha224WithRSAEncryption',
  '1.2.840.113549.1.1.15': 'sha512-224WithRSAEncryption',
  '1.2.840.113549.1.1.16': 'sha512-256WithRSAEncryption',
  '2.16.840.1.101.3.4.3.13': 'RSA-SHA3-224',
  '2.16.840.1.101.3.4.3.14': 'RSA-SHA3-256',
  '2.16.840.1.101.3.4.3.15': 'RSA-SHA3-384',
  '2.16.840.1.101.3.4.3.16': 'RSA-SHA3-512',
  '1.3.14.3.2.29': 'sha1WithRSA',
  '1.2.840.10040.4.1': 'dsaEncryption',
  '1.2.840.10040.4.3': 'dsaWithSHA1',
  '2.16.840.1.101.3.4.3.1': 'dsa_with_SHA224',
  '2.16.840.1.101.3.4.3.2': 'dsa_with_SHA256',
  '2.16.840.1.101.3.4.3.3': 'dsa_with_SHA384',
  '2.16.840.1.101.3.4.3.4': 'dsa_with_SHA512',
  '1.2.840.10045.2.1': 'id-ecPublicKey',
  '1.2.840.10045.4.1': 'ecdsa-with-SHA1',
  '1.2.840.10045.4.3.1': 'ecdsa-with-SHA224',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
  '2.16.840.1.101.3.4.3.9': 'ecdsa_with_SHA3-224',
  '2.16.840.1.101.3.4.3.10': 'ecdsa_with_SHA3-256',
  '2.16.840.1.101.3.4.3.11': 'ecdsa_with_SHA3-384',
  '2.16.840.1.101.3.4.3.12': 'ecdsa_with_SHA3-512',
  '1.2.156.10197.1.501': 'SM2-with-SM3',
  '1.3.101.110': 'X25519',
  '1.3.101.111': 'X448',
  '1.3.101.112': 'ED25519',
  '1.3.101.113': 'ED448',
};

/** Usages by their bit in osquery's order: that of the masks in OpenSSL, where the second byte comes first. */
const usages = [
  [0x0001, 'Encipher Only'],
  [0x0002, 'CRL Sign'],
  [0x0004, 'Key Cert Sign'],
  [0x0008, 'Key Agreement'],
  [0x0010, 'Data Encipherment'],
  [0x0020, 'Key Encipherment'],
  [0x0040, 'Non Repudiation'],
  [0x0080, 'Digital Signature'],
  [0x8000, 'Decipher Only'],
] as const;
const certificateSigning = 0x0004;

const extension = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
} as const;

/** What tables of the host's own certificates share. Members that cost something are functions. */
export interface CertificateSummary {
  readonly common_name: string;
  /** Subject and issuer as `/C=DE/CN=x`, and as `C = DE, CN = x`. */
  readonly subject: string;
  readonly issuer: string;
  readonly subject2: string;
  readonly issuer2: string;
  /** Unix seconds, in columns of text; '' for a time that is none. */
  readonly not_valid_before: string;
  readonly not_valid_after: string;
  readonly signing_algorithm: string;
  readonly key_algorithm: string;
  readonly key_usage: string;
  readonly subject_key_id: string;
  readonly authority_key_id: string;
  readonly sha1: string;
  readonly serial: string;
  /** 1 when its subject issued it, by its names, key ids and usage; the signature is not verified. */
  selfSigned(): number;
  /** 1 when it may issue others (X509_check_ca(3)). */
  isAuthority(): number;
  /** Bits of an RSA key, name of the curve of one on a curve; '' for others, of which osquery tells nothing useful. */
  keyStrength(): string;
}

/** What is shown of a certificate in DER; undefined for bytes that are none. */
export const certificateSummary = (der: Uint8Array): CertificateSummary | undefined => {
  const parsed = parseCertificate(der);
  const opened = openCertificate(der);
  if (parsed === undefined || opened === undefined) return undefined;
  return {
    common_name: parsed.subject.find(([oid]) => oid === '2.5.4.3')?.[1] ?? '',
    subject: slashedName(parsed.subjectValue),
    issuer: slashedName(parsed.issuerValue),
    subject2: spacedName(parsed.subjectValue),
    issuer2: spacedName(parsed.issuerValue),
    not_valid_before: secondsText(parsed.notBefore_ms),
    not_valid_after: secondsText(parsed.notAfter_ms),
    signing_algorithm: algorithmNames[parsed.signatureAlgorithm] ?? '',
    key_algorithm: algorithmNames[parsed.publicKeyAlgorithm] ?? '',
    key_usage: usages
      .filter(([mask]) => ((usageMask(parsed) ?? 0) & mask) !== 0)
      .map(([, name]) => name)
      .join(', '),
    subject_key_id: hexOf(octets(parsed, extension.subjectKeyId)),
    authority_key_id: hexOf(authorityKey(parsed)),
    // Of what OpenSSL makes of it, which differs from a form that is no DER.
    sha1: hash('sha1', opened.raw),
    serial: opened.serialNumber,
    selfSigned: () => (opened.checkIssued(opened) ? 1 : 0),
    isAuthority: () => (mayIssue(parsed, opened) ? 1 : 0),
    keyStrength: () => strengthOf(opened),
  };
};

const secondsText = (time_ms: number | undefined): string =>
  time_ms === undefined ? '' : String(time_ms / 1000);

/** Node throws for bytes that OpenSSL cannot read. */
const openCertificate = (der: Uint8Array): X509Certificate | undefined => {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
};

const octets = ({ extensions }: Certificate, oid: string): Uint8Array | undefined => {
  const content = extensions.get(oid);
  return content === undefined ? undefined : derFirst(derValues(content), derTag.octetString)?.content;
};

/** The key identifier has the context-specific tag 0 in its sequence (RFC 5280, 4.2.1.1). */
const authorityKey = ({ extensions }: Certificate): Uint8Array | undefined => {
  const sequence = derFirst(derValues(extensions.get(extension.authorityKeyId) ?? new Uint8Array()), 0x30);
  return sequence === undefined ? undefined : derFirst(derValues(sequence.content), 0x80)?.content;
};

const hexOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

/** Bits of the key usage; undefined where the certificate does not restrict it. */
const usageMask = ({ extensions }: Certificate): number | undefined => {
  const content = extensions.get(extension.keyUsage);
  if (content === undefined) return undefined;
  const [, first = 0, second = 0] = derFirst(derValues(content), derTag.bitString)?.content ?? [];
  return first | (second << 8);
};

/**
 * Node tells whether a certificate says so itself. One without basic constraints may, as OpenSSL has it, when its key may
 * sign certificates, and of version 1, which has no extensions, when it signs itself.
 */
const mayIssue = (parsed: Certificate, opened: X509Certificate): boolean => {
  if (opened.ca || parsed.extensions.has(extension.basicConstraints)) return opened.ca;
  const usage = usageMask(parsed);
  if (usage !== undefined) return (usage & certificateSigning) !== 0;
  return parsed.version === 1 && opened.checkIssued(opened);
};

const strengthOf = (opened: X509Certificate): string => {
  const key = publicKeyOf(opened);
  const { modulusLength, namedCurve } = key?.asymmetricKeyDetails ?? {};
  if (key?.asymmetricKeyType === 'rsa' && modulusLength !== undefined)
    return String(Math.ceil(modulusLength / 8) * 8);
  return namedCurve ?? '';
};

/** Node throws for a key that OpenSSL cannot use: a curve that nobody named, for one. */
const publicKeyOf = (opened: X509Certificate): KeyObject | undefined => {
  try {
    return opened.publicKey;
  } catch {
    return undefined;
  }
};
