/** One value of DER (X.690): its tag byte, and what stands in it. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly whole: Uint8Array;
}

/** Universal tags that certificates use. */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The values that stand one after another. What is cut or malformed ends the list. */
export const derValues = (bytes: Uint8Array): readonly DerValue[] => {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag = 0, first = 0] = bytes.subarray(at, at + 2);
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    // No certificate has 4 GiB, DER has no indefinite length, and none of its tags has more than one byte.
    if (at + 2 > bytes.length || first === 0x80 || lengthBytes > 4 || (tag & 0x1f) === 0x1f) break;
    const start = at + 2 + lengthBytes;
    const length =
      lengthBytes === 0 ? first : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
    const end = start + length;
    if (end > bytes.length) break;
    values.push({ tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return values;
};

/** Values in a value; none where there is no value. */
export const derChildren = (value: DerValue | undefined): readonly DerValue[] =>
  value === undefined ? [] : derValues(value.content);

/** The first of some values that has this tag. */
export const derFirst = (values: readonly DerValue[], tag: number): DerValue | undefined =>
  values.find((value) => value.tag === tag);

/** An object identifier in dotted form; '' where there is none. */
export const derOid = (value: DerValue | undefined): string => {
  if (value?.tag !== derTag.oid) return '';
  const parts: number[] = [];
  let part = 0;
  for (const byte of value.content) {
    part = part * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      // The first two numbers share one: 40 × the first, which is 0, 1 or 2, and the second.
      if (parts.length === 0) {
        const top = Math.min(2, Math.floor(part / 40));
        parts.push(top, part - top * 40);
      } else parts.push(part);
      part = 0;
    }
  }
  return parts.join('.');
};

/** Text of any string type. */
export const derText = ({ tag, content }: DerValue): string => {
  const bytes = Buffer.from(content);
  // UTF-16, big end first.
  if (tag === derTag.bmpString) return bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : '';
  return bytes.toString('utf8');
};

/** Bytes in hexadecimal, with colons between them. */
export const colonHex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
