import { colonHex, type DerValue, derChildren, derFirst, derOid, derTag, derText, derValues } from './der.ts';

/** A name in a certificate, by the object identifiers of its parts. */
export type DistinguishedName = readonly (readonly [oid: string, text: string])[];

/** What a certificate says (RFC 5280, 4.1). */
export interface Certificate {
  readonly version: number;
  /** In upper-case hexadecimal, as OpenSSL prints it. */
  readonly serial: string;
  readonly signatureAlgorithm: string;
  readonly signature: string;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  /** The same names as they are encoded, with what the parts' types are and which of them belong together. */
  readonly issuerValue: DerValue | undefined;
  readonly subjectValue: DerValue;
  readonly publicKeyAlgorithm: string;
  /** Unix milliseconds; undefined for a time that is none. */
  readonly notBefore_ms: number | undefined;
  readonly notAfter_ms: number | undefined;
  /** Content of each extension by its object identifier. */
  readonly extensions: ReadonlyMap<string, Uint8Array>;
}

const extensionsTag = 0xa3;
const versionTag = 0xa0;

/** Reads a certificate in DER; undefined for bytes that are none. */
export const parseCertificate = (der: Uint8Array): Certificate | undefined => {
  const [body, algorithm, signature] = derChildren(derFirst(derValues(der), derTag.sequence));
  const fields = derChildren(body);
  const version = derFirst(derChildren(derFirst(fields, versionTag)), derTag.integer)?.content[0] ?? 0;
  const [serial, , issuer, validity, subject, publicKey] = fields.filter(({ tag }) => tag !== versionTag);
  const [notBefore, notAfter] = derChildren(validity).map(unixMs);
  if (subject === undefined || signature === undefined) return undefined;
  return {
    version: version + 1,
    serial: serialOf(serial),
    signatureAlgorithm: derOid(derChildren(algorithm)[0]),
    // The first byte of a bit string counts the bits that are left over.
    signature: colonHex(signature.content.subarray(1)),
    issuer: parseName(issuer),
    subject: parseName(subject),
    issuerValue: issuer,
    subjectValue: subject,
    publicKeyAlgorithm: derOid(derChildren(derChildren(publicKey)[0])[0]),
    notBefore_ms: notBefore,
    notAfter_ms: notAfter,
    extensions: extensionsOf(derFirst(fields, extensionsTag)),
  };
};

/** Parts of a name in their order. */
export const parseName = (name: DerValue | undefined): DistinguishedName =>
  derChildren(name)
    .flatMap(derChildren)
    .flatMap((part) => {
      const [oid, value] = derChildren(part);
      return value === undefined ? [] : [[derOid(oid), derText(value)] as const];
    });

const serialOf = (value: DerValue | undefined): string => {
  const hex = Buffer.from(value?.content ?? [])
    .toString('hex')
    .toUpperCase();
  return hex.length > 2 && hex.startsWith('00') ? hex.slice(2) : hex;
};

/** UTCTime has two digits of the year, which stand for 1950 to 2049 (RFC 5280, 4.1.2.5.1). */
const unixMs = (value: DerValue): number | undefined => {
  const digits = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(derText(value));
  if (digits === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = digits.slice(1).map(Number);
  const whole = value.tag === derTag.utcTime ? year + (year < 50 ? 2000 : 1900) : year;
  return Date.UTC(whole, month - 1, day, hour, minute, second);
};

const extensionsOf = (value: DerValue | undefined): ReadonlyMap<string, Uint8Array> =>
  new Map(
    derChildren(derChildren(value)[0]).flatMap((extension) => {
      const parts = derChildren(extension);
      const content = derFirst(parts, derTag.octetString)?.content;
      return content === undefined ? [] : [[derOid(parts[0]), content] as const];
    }),
  );
