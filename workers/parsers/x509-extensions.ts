import { colonHex, type DerValue, derChildren, derFirst, derOid, derTag, derText, derValues } from './der.ts';
import { parseName } from './x509.ts';
import { partNames } from './x509-name.ts';

/**
 * Extensions of certificates as text, each as OpenSSL 3 prints it (X509V3_EXT_print), with `;` between its lines.
 * Malformed content gives what could be read of it.
 */

const upperHex = (bytes: Uint8Array): string => colonHex(bytes).toUpperCase();

const lines = (text: readonly string[]): string => text.join(';');

const usages = [
  ...['Digital Signature', 'Non Repudiation', 'Key Encipherment', 'Data Encipherment', 'Key Agreement'],
  ...['Certificate Sign', 'CRL Sign', 'Encipher Only', 'Decipher Only'],
];

/** Names of object identifiers that OpenSSL knows, as far as extensions have them. */
const oidNames: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'TLS Web Server Authentication',
  '1.3.6.1.5.5.7.3.2': 'TLS Web Client Authentication',
  '1.3.6.1.5.5.7.3.3': 'Code Signing',
  '1.3.6.1.5.5.7.3.4': 'E-mail Protection',
  '1.3.6.1.5.5.7.3.8': 'Time Stamping',
  '1.3.6.1.5.5.7.3.9': 'OCSP Signing',
  '2.5.29.37.0': 'Any Extended Key Usage',
  '2.5.29.32.0': 'X509v3 Any Policy',
  '1.3.6.1.5.5.7.48.1': 'OCSP',
  '1.3.6.1.5.5.7.48.2': 'CA Issuers',
  '1.3.6.1.5.5.7.48.3': 'AD Time Stamping',
  '1.3.6.1.5.5.7.48.5': 'CA Repository',
};

const named = (oid: string): string => oidNames[oid] ?? oid;

const outer = (content: Uint8Array): readonly DerValue[] => derChildren(derValues(content)[0]);

/** SubjectKeyIdentifier (RFC 5280, 4.2.1.2). */
export const subjectKeyId = (content: Uint8Array): string =>
  upperHex(derValues(content)[0]?.content ?? content);

/** AuthorityKeyIdentifier (4.2.1.1): the key alone, or all three that say whose key it is. */
export const authorityKeyId = (content: Uint8Array): string => {
  const parts = outer(content);
  const [key, issuer, serial] = [0x80, 0xa1, 0x82].map((tag) => derFirst(parts, tag));
  if (issuer === undefined && serial === undefined) return key === undefined ? '' : upperHex(key.content);
  return lines([
    ...(key === undefined ? [] : [`keyid:${upperHex(key.content)}`]),
    ...derChildren(issuer).map(generalName),
    ...(serial === undefined ? [] : [`serial:${upperHex(serial.content)}`]),
  ]);
};

/** KeyUsage (4.2.1.3): bits from the left. */
export const keyUsage = (content: Uint8Array): string => {
  const bits = derValues(content)[0]?.content.subarray(1) ?? new Uint8Array();
  return usages.filter((_, bit) => ((bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0).join(', ');
};

/** ExtKeyUsageSyntax (4.2.1.12). */
export const extendedKeyUsage = (content: Uint8Array): string =>
  outer(content)
    .map((purpose) => named(derOid(purpose)))
    .join(', ');

/** BasicConstraints (4.2.1.9). */
export const basicConstraints = (content: Uint8Array): string => {
  const parts = outer(content);
  const isAuthority = (derFirst(parts, derTag.boolean)?.content[0] ?? 0) !== 0;
  const length = derFirst(parts, derTag.integer)?.content;
  const ca = `CA:${isAuthority ? 'TRUE' : 'FALSE'}`;
  return length === undefined ? ca : `${ca}, pathlen:${numberOf(length)}`;
};

const numberOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** GeneralNames (4.2.1.6), of a subject or an issuer. */
export const alternativeNames = (content: Uint8Array): string => outer(content).map(generalName).join(', ');

const generalName = (name: DerValue): string => {
  switch (name.tag) {
    case 0x81:
      return `email:${derText(name)}`;
    case 0x82:
      return `DNS:${derText(name)}`;
    case 0xa4:
      return `DirName:${parseName(derChildren(name)[0])
        .map(([oid, text]) => `${partNames[oid] ?? oid} = ${text}`)
        .join(', ')}`;
    case 0x86:
      return `URI:${derText(name)}`;
    case 0x87:
      return `IP Address:${address(name.content)}`;
    case 0x88:
      return `Registered ID:${derOid({ ...name, tag: derTag.oid })}`;
    default:
      return 'othername:<unsupported>';
  }
};

/** OpenSSL does not shorten an IPv6 address. */
const address = (bytes: Uint8Array): string => {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return '<invalid>';
  const groups = Array.from({ length: 8 }, (_, at) => numberOf(bytes.subarray(2 * at, 2 * at + 2)));
  return groups.map((group) => group.toString(16).toUpperCase()).join(':');
};

/** AuthorityInfoAccess and SubjectInfoAccess (4.2.2). */
export const infoAccess = (content: Uint8Array): string =>
  lines(
    outer(content).map((description) => {
      const [method, location] = derChildren(description);
      return `${named(derOid(method))} - ${location === undefined ? '' : generalName(location)}`;
    }),
  );

const cpsQualifier = '1.3.6.1.5.5.7.2.1';

/** CertificatePolicies (4.2.1.4): each with where its statement is. */
export const policies = (content: Uint8Array): string =>
  lines(
    outer(content).flatMap((policy) => {
      const [oid, qualifiers] = derChildren(policy);
      const statements = derChildren(qualifiers).flatMap((qualifier) => {
        const [kind, value] = derChildren(qualifier);
        return derOid(kind) === cpsQualifier && value !== undefined ? [`  CPS: ${derText(value)}`] : [];
      });
      return [`Policy: ${named(derOid(oid))}`, ...statements];
    }),
  );

/** PolicyMappings (4.2.1.5): of the issuer to that of the subject. */
export const policyMappings = (content: Uint8Array): string =>
  outer(content)
    .map((mapping) =>
      derChildren(mapping)
        .map((policy) => named(derOid(policy)))
        .join(':'),
    )
    .join(', ');

/** PolicyConstraints (4.2.1.11). */
export const policyConstraints = (content: Uint8Array): string =>
  outer(content)
    .map(
      ({ tag, content: skip }) =>
        `${tag === 0x80 ? 'Require Explicit Policy' : 'Inhibit Policy Mapping'}:${numberOf(skip)}`,
    )
    .join(', ');

/** NameConstraints (4.2.1.10): the trees that are permitted, and those that are excluded. */
export const nameConstraints = (content: Uint8Array): string =>
  lines(
    outer(content).flatMap((trees) => [
      trees.tag === 0xa0 ? 'Permitted:' : 'Excluded:',
      ...derChildren(trees).flatMap((tree) => {
        const [base] = derChildren(tree);
        return base === undefined ? [] : [`  ${constrainedName(base)}`];
      }),
    ]),
  );

const constrainedName = (name: DerValue): string => {
  const half = name.content.length / 2;
  if (name.tag !== 0x87) return generalName(name);
  return `IP:${address(name.content.subarray(0, half))}/${address(name.content.subarray(half))}`;
};
