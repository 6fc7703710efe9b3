/** One value of BER, of which DER is the strict form (X.690): its tag byte, and what stands in it. */
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

/**
 * The values that stand one after another. What is cut or malformed ends the list. Lengths that are longer than they need
 * be, or told by an end mark, are no DER, but OpenSSL takes them in a certificate, so they hide nothing here.
 */
export const derValues = (bytes: Uint8Array): readonly DerValue[] => {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = headerAt(bytes, at);
    if (header === undefined) break;
    const { start, length } = header;
    const content =
      length === undefined ? marked(bytes, start) : { end: start + length, next: start + length };
    if (content === undefined || content.next > bytes.length) break;
    const { end, next } = content;
    values.push({
      tag: bytes[at] ?? 0,
      content: bytes.subarray(start, end),
      whole: bytes.subarray(at, next),
    });
    at = next;
  }
  return values;
};

/** Where the content of a value starts, and its length; undefined for one that an end mark tells. */
const headerAt = (
  bytes: Uint8Array,
  at: number,
): { readonly start: number; readonly length: number | undefined } | undefined => {
  const [tag = 0, first = 0] = bytes.subarray(at, at + 2);
  // No tag of a certificate has more than one byte.
  if (at + 2 > bytes.length || (tag & 0x1f) === 0x1f) return undefined;
  if (first < 0x80) return { start: at + 2, length: first };
  if (first === 0x80) return (tag & 0x20) === 0 ? undefined : { start: at + 2, length: undefined };
  const start = at + 2 + (first & 0x7f);
  return { start, length: bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0) };
};

/** Content that ends with a mark of two zeros: its end, and where the next value stands. */
const marked = (
  bytes: Uint8Array,
  start: number,
): { readonly end: number; readonly next: number } | undefined => {
  let open = 1;
  for (let at = start; at < bytes.length; ) {
    const header = headerAt(bytes, at);
    if (header === undefined) return undefined;
    const isMark = bytes[at] === 0 && header.length === 0;
    if (isMark) open -= 1;
    if (open === 0) return { end: at, next: header.start };
    if (header.length === undefined) open += 1;
    at = header.start + (header.length ?? 0);
  }
  return undefined;
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
