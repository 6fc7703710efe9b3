import fc from 'fast-check';
import t from 'tap';
import { fileMagic, head_bytes } from '../../../workers/parsers/file-magic.ts';

const magic = (content: string | Uint8Array, isWhole = true): readonly string[] => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const { data, mime_type, mime_encoding } = fileMagic(bytes, isWhole);
  return [data, mime_type, mime_encoding];
};

t.test('text, by its encoding and how it begins', async (t) => {
  t.strictSame(magic(''), ['empty', 'inode/x-empty', 'binary']);
  t.strictSame(magic('plain\n'), ['ASCII text', 'text/plain', 'us-ascii']);
  t.strictSame(magic('a\r\nb\r\n'), ['ASCII text, with CRLF line terminators', 'text/plain', 'us-ascii']);
  t.strictSame(magic('größer\n'), ['Unicode text, UTF-8 text', 'text/plain', 'utf-8']);
  t.strictSame(magic(Buffer.from('gr\xf6\xdfer\n', 'latin1')), ['ISO-8859 text', 'text/plain', 'iso-8859-1']);
  t.strictSame(magic(Buffer.from('a\x80b', 'latin1')), [
    'Non-ISO extended-ASCII text',
    'text/plain',
    'unknown-8bit',
  ]);
  t.strictSame(magic('#!/bin/sh\necho\n').slice(1), ['text/x-shellscript', 'us-ascii']);
  t.strictSame(magic('#!/usr/bin/env python3\n').slice(1), ['text/x-script.python', 'us-ascii']);
  t.strictSame(magic('{"a": [1]}\n'), ['JSON text data', 'application/json', 'us-ascii']);
  t.strictSame(magic('{"a": [1}\n').slice(1), ['text/plain', 'us-ascii']);
  t.strictSame(
    magic(Buffer.from(`x${'ü'.repeat(2048)}`).subarray(0, 4096), false).slice(2),
    ['utf-8'],
    'a head that ends within a character',
  );
});

t.test('binary kinds, and what is none', async (t) => {
  t.strictSame(magic('%PDF-1.7\n%\0'), ['PDF document, version 1.7', 'application/pdf', 'binary']);
  t.strictSame(magic(Buffer.from('1f8b0800', 'hex')).slice(1), ['application/gzip', 'binary']);
  t.strictSame(magic(Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\0')])).slice(1), [
    'application/x-tar',
    'binary',
  ]);
  t.strictSame(magic(Buffer.from([0, 1, 2, 3])), ['data', 'application/octet-stream', 'binary']);
});

t.test('any bytes, and an ELF header with any fields, are something', async (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.boolean(),
      (bytes, isWhole) => void fileMagic(bytes, isWhole),
    ),
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 120 }), (rest) => {
      t.match(fileMagic(Buffer.concat([Buffer.from('\x7fELF', 'latin1'), rest]), true).data, /^ELF/);
    }),
  );
  t.equal(fileMagic(Buffer.alloc(head_bytes, 'x'), false).mime_type, 'text/plain');
});
