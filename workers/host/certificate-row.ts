import { hash } from 'node:crypto';
import { type Certificate, type DistinguishedName, parseCertificate } from '../parsers/x509.ts';
import {
  alternativeNames,
  authorityKeyId,
  basicConstraints,
  extendedKeyUsage,
  infoAccess,
  keyUsage,
  nameConstraints,
  policies,
  policyConstraints,
  policyMappings,
  subjectKeyId,
} from '../parsers/x509-extensions.ts';

/** What OpenSSL calls the usual algorithms; another one is `undefined`, as it prints one that it does not know. */
const algorithms: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'RSA-MD5',
  '1.2.840.113549.1.1.5': 'RSA-SHA1',
  '1.2.840.113549.1.1.10': 'RSASSA-PSS',
  '1.2.840.113549.1.1.11': 'RSA-SHA256',
  '1.2.840.113549.1.1.12': 'RSA-SHA384',
  '1.2.840.113549.1.1.13': 'RSA-SHA512',
  '1.2.840.10045.4.1': 'ecdsa-with-SHA1',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
  '1.3.101.112': 'ED25519',
  '1.3.101.113': 'ED448',
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Columns that tables of certificates share; TEXT but for these two. */
export type CertificateRow = Readonly<Record<TextColumn, string>> & {
  readonly version: number;
  readonly has_expired: number;
};

type TextColumn =
  | 'common_name'
  | 'organization'
  | 'organization_unit'
  | 'serial_number'
  | 'issuer_common_name'
  | 'issuer_organization'
  | 'issuer_organization_unit'
  | 'valid_from'
  | 'valid_to'
  | 'sha256_fingerprint'
  | 'sha1_fingerprint'
  | 'signature_algorithm'
  | 'signature'
  | 'subject_key_identifier'
  | 'authority_key_identifier'
  | 'key_usage'
  | 'extended_key_usage'
  | 'policies'
  | 'subject_alternative_names'
  | 'issuer_alternative_names'
  | 'info_access'
  | 'subject_info_access'
  | 'policy_mappings'
  | 'basic_constraint'
  | 'name_constraints'
  | 'policy_constraints';

/** What is shown of a certificate in DER; undefined for bytes that are none. */
export const certificateRow = (der: Uint8Array, now_unix_ms: number): CertificateRow | undefined => {
  const certificate = parseCertificate(der);
  return certificate === undefined ? undefined : rowOf(certificate, der, now_unix_ms);
};

const rowOf = (certificate: Certificate, der: Uint8Array, now_unix_ms: number): CertificateRow => {
  const { subject, issuer, notBefore_ms, notAfter_ms } = certificate;
  const shown = (oid: string, show: (content: Uint8Array) => string): string => {
    const content = certificate.extensions.get(oid);
    return content === undefined ? '' : show(content);
  };
  return {
    common_name: partOf(subject, '2.5.4.3'),
    organization: partOf(subject, '2.5.4.10'),
    organization_unit: partOf(subject, '2.5.4.11'),
    serial_number: certificate.serial,
    issuer_common_name: partOf(issuer, '2.5.4.3'),
    issuer_organization: partOf(issuer, '2.5.4.10'),
    issuer_organization_unit: partOf(issuer, '2.5.4.11'),
    valid_from: timeText(notBefore_ms),
    valid_to: timeText(notAfter_ms),
    sha256_fingerprint: hash('sha256', der),
    sha1_fingerprint: hash('sha1', der),
    version: certificate.version,
    signature_algorithm: algorithms[certificate.signatureAlgorithm] ?? 'undefined',
    signature: certificate.signature,
    subject_key_identifier: shown('2.5.29.14', subjectKeyId),
    authority_key_identifier: shown('2.5.29.35', authorityKeyId),
    key_usage: shown('2.5.29.15', keyUsage),
    extended_key_usage: shown('2.5.29.37', extendedKeyUsage),
    policies: shown('2.5.29.32', policies),
    subject_alternative_names: shown('2.5.29.17', alternativeNames),
    issuer_alternative_names: shown('2.5.29.18', alternativeNames),
    info_access: shown('1.3.6.1.5.5.7.1.1', infoAccess),
    subject_info_access: shown('1.3.6.1.5.5.7.1.11', infoAccess),
    policy_mappings: shown('2.5.29.33', policyMappings),
    has_expired: notAfter_ms !== undefined && notAfter_ms <= now_unix_ms ? 1 : 0,
    basic_constraint: shown('2.5.29.19', basicConstraints),
    name_constraints: shown('2.5.29.30', nameConstraints),
    policy_constraints: shown('2.5.29.36', policyConstraints),
  };
};

/** The first part of a name with this object identifier. */
const partOf = (name: DistinguishedName, oid: string): string => name.find(([own]) => own === oid)?.[1] ?? '';

/** As OpenSSL prints a time: `Jan  2 03:04:05 2024 GMT`. */
const timeText = (unix_ms: number | undefined): string => {
  if (unix_ms === undefined) return '';
  const time = new Date(unix_ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(two).join(':');
  const day = String(time.getUTCDate()).padStart(2, ' ');
  return `${months[time.getUTCMonth()] ?? ''} ${day} ${clock} ${time.getUTCFullYear()} GMT`;
};
