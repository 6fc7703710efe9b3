import fc from 'fast-check';
import t from 'tap';
import { envTarget, programFormat } from '../../../policies/extension-file/shebang.ts';

const formatOf = (text: string) => programFormat(Buffer.from(text).subarray(0, 256));

t.test('as the kernel reads it', async (t) => {
  const script = (interpreter: string, argument?: string) => ({ kind: 'script', interpreter, argument });
  for (const [text, expected] of [
    ['#!/bin/sh\nexit', script('/bin/sh')],
    ['#!/bin/sh', script('/bin/sh')],
    ['#! \t /bin/sh \t\n', script('/bin/sh')],
    ['#!/bin/sh -e\n', script('/bin/sh', '-e')],
    ['#!/bin/sh\t -e  -x \n', script('/bin/sh', '-e  -x')],
    ['#!/opt/é/sh é\n', script('/opt/é/sh', 'é')],
    ['\x7fELF\x02\x01', { kind: 'elf' }],
    ['', { kind: 'unknown' }],
    ['#', { kind: 'unknown' }],
    [' #!/bin/sh\n', { kind: 'unknown' }],
    ['﻿#!/bin/sh\n', { kind: 'unknown' }],
  ] as const) {
    t.strictSame(formatOf(text), expected, JSON.stringify(text));
  }
  t.match(formatOf('#!/bin/sh\r\n'), { kind: 'bad_script', why: /CR/ });
  t.match(formatOf('#!/bin/sh -e\r\n'), { kind: 'bad_script', why: /CR/ });
  t.match(formatOf(`#!/bin/sh ${'x'.repeat(300)}\n`), { kind: 'bad_script', why: /more than 255 bytes/ });
  t.equal(formatOf(`#!/bin/sh ${'x'.repeat(245)}\n`).kind, 'script', 'the line end is the 256th byte');
  for (const line of ['#!', '#!\n', '#!bin/sh\n', '#!./sh\n', '#!-\n'])
    t.match(formatOf(line), { kind: 'bad_script', why: /^the interpreter '/ });
  for (const line of ['#!/bin/s\0h\n', '#!/bin/sh \x1b[2J\n', '#!/bin/sh\x7f\n'])
    t.match(formatOf(line), { kind: 'bad_script', why: /control/ });
});

t.test('whatever the bytes, an interpreter is an absolute path without white space', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 256 }), fc.boolean(), (bytes, isScript) => {
      const format = programFormat(
        isScript ? Buffer.concat([Buffer.from('#!/'), bytes]).subarray(0, 256) : bytes,
      );
      if (format.kind !== 'script') return true;
      return /^\/[^ \t\n\r]*$/.test(format.interpreter) && format.argument?.trim() !== '';
    }),
    { numRuns: 3000 },
  );
  t.pass();
});

t.test('env', async (t) => {
  const named = (name: string) => ({ kind: 'named', name });
  for (const [argument, expected] of [
    ['python3', named('python3')],
    ['-S node --no-warnings', named('node')],
    ['-Spython3 -u', named('python3')],
    ['g++', named('g++')],
    ['/opt/python', { kind: 'path', path: '/opt/python' }],
    ['-S /opt/python -u', { kind: 'path', path: '/opt/python' }],
    [undefined, { kind: 'not_understood' }],
    ['-', { kind: 'not_understood' }],
    ['-i', { kind: 'not_understood' }],
    ['-u', { kind: 'not_understood' }],
    ['A=b', { kind: 'not_understood' }],
    ['python3 -u', { kind: 'not_understood' }],
    ['bin/python', { kind: 'not_understood' }],
    ['../python', { kind: 'not_understood' }],
    ["-S 'python3'", { kind: 'not_understood' }],
    ['-S $X', { kind: 'not_understood' }],
    ['-S -i sh', { kind: 'not_understood' }],
    ['-S A=b sh', { kind: 'not_understood' }],
    ['-S', { kind: 'not_understood' }],
  ] as const) {
    t.strictSame(envTarget('/usr/bin/env', argument), expected, argument ?? 'nothing');
  }
  t.equal(envTarget('/bin/sh', 'python3'), undefined);
  t.equal(envTarget('/opt/my-env', 'x'), undefined, 'another name');
});
