import { type DerValue, derChildren, derOid } from './der.ts';

/** Short names of the parts of a name, as OpenSSL has them. */
export const partNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.13': 'description',
  '2.5.4.15': 'businessCategory',
  '2.5.4.16': 'postalAddress',
  '2.5.4.17': 'postalCode',
  '2.5.4.41': 'name',
  '2.5.4.42': 'GN',
  '2.5.4.43': 'initials',
  '2.5.4.44': 'generationQualifier',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.65': 'pseudonym',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '1.2.840.113549.1.9.2': 'unstructuredName',
  '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionL',
  '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionST',
  '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
};

interface NamePart {
  readonly label: string;
  readonly value: DerValue;
}

/** The parts of a name, those that belong together in one list. */
const partsOf = (name: DerValue | undefined): readonly (readonly NamePart[])[] =>
  derChildren(name).map((set) =>
    derChildren(set).flatMap((part) => {
      const [id, value] = derChildren(part);
      const oid = derOid(id);
      return value === undefined ? [] : [{ label: partNames[oid] ?? oid, value }];
    }),
  );

const hexOf = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

/**
 * A name as X509_NAME_oneline of OpenSSL 3 writes it: `/C=DE/CN=x+UID=y`. A slash and a plus in a value have a backslash
 * before them, unprintable bytes are `\x` and two digits.
 */
export const slashedName = (name: DerValue | undefined): string =>
  partsOf(name)
    .map((set) => `/${set.map(({ label, value }) => `${label}=${slashedValue(value)}`).join('+')}`)
    .join('');

const slashedValue = ({ content }: DerValue): string =>
  [...content]
    .map((byte) => {
      if (byte < 0x20 || byte > 0x7e) return `\\x${hexOf(byte)}`;
      const character = String.fromCharCode(byte);
      return character === '/' || character === '+' ? `\\${character}` : character;
    })
    .join('');

/** A name as X509_NAME_print_ex writes it with XN_FLAG_ONELINE: `C = DE, CN = x`. */
export const spacedName = (name: DerValue | undefined): string =>
  partsOf(name)
    .map((set) => set.map(({ label, value }) => `${label} = ${spacedValue(value)}`).join(' + '))
    .join(', ');

/** String types: how many bytes a character has; UTF-8 has 0, other types are none. */
const characterBytes: Readonly<Record<number, number>> = {
  12: 0,
  18: 1,
  19: 1,
  20: 1,
  22: 1,
  26: 1,
  28: 4,
  30: 2,
};

/**
 * A value that RFC 2253 would escape stands in quotes; a quote and a backslash have a backslash before them; control
 * characters and the bytes of other than ASCII ones are a backslash and two digits. What is no string is shown whole.
 */
const spacedValue = (value: DerValue): string => {
  const size = characterBytes[value.tag];
  if (size === undefined) return `#${[...value.whole].map(hexOf).join('')}`;
  const text = size === 0 ? Buffer.from(value.content) : Buffer.from(wideText(value.content, size));
  const shown = [...text].map(spacedByte).join('');
  return /[,+<>;]|^[# ]| $/.test(text.toString('latin1')) ? `"${shown}"` : shown;
};

const wideText = (bytes: Uint8Array, size: number): string => {
  const points = Array.from({ length: Math.floor(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size).reduce((sum, byte) => sum * 256 + byte, 0),
  );
  return points.map((point) => String.fromCodePoint(point > 0x10ffff ? 0xfffd : point)).join('');
};

const spacedByte = (byte: number): string => {
  if (byte < 0x20 || byte > 0x7e) return `\\${hexOf(byte)}`;
  const character = String.fromCharCode(byte);
  return character === '"' || character === '\\' ? `\\${character}` : character;
};
