import { hash } from 'node:crypto';
import { bytesOf, type ScalarFunction } from './function.ts';

/** The digest of a value's text up to its first NUL, in lower-case hex. */
const digest = (name: 'md5' | 'sha1' | 'sha256'): ScalarFunction => ({
  name,
  arity: 1,
  takesBytes: true,
  call: (value) => {
    const bytes = bytesOf(value);
    if (bytes === undefined) return null;
    const end = bytes.indexOf(0);
    return hash(name, end === -1 ? bytes : bytes.subarray(0, end));
  },
});

const toBase64: ScalarFunction = {
  name: 'to_base64',
  arity: 1,
  takesBytes: true,
  call: (value) => bytesOf(value)?.toString('base64') ?? null,
};

/**
 * A text of the bytes, whatever they are. What is no Base64 gives an empty text. Padding that is missing is not missed,
 * and one before the end counts as `A`.
 */
const fromBase64: ScalarFunction = {
  name: 'from_base64',
  arity: 1,
  takesBytes: true,
  call: (value) => {
    const text = bytesOf(value)
      ?.toString('latin1')
      .replace(/\r?\n/g, '')
      .replace(/=+$/, '')
      .replaceAll('=', 'A');
    if (text === undefined) return null;
    return /^[A-Za-z0-9+/]*$/.test(text) ? { text: Buffer.from(text, 'base64') } : '';
  },
};

/** Leaves printable ASCII as it is. */
const conditionalToBase64: ScalarFunction = {
  name: 'conditional_to_base64',
  arity: 1,
  takesBytes: true,
  call: (value) => {
    const bytes = bytesOf(value);
    if (bytes === undefined) return null;
    return bytes.toString(bytes.every((byte) => byte >= 0x20 && byte <= 0x7e) ? 'latin1' : 'base64');
  },
};

export const encodingFunctions: readonly ScalarFunction[] = [
  digest('md5'),
  digest('sha1'),
  digest('sha256'),
  toBase64,
  fromBase64,
  conditionalToBase64,
];
