import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import {
  encodeAnswer,
  encodeFault,
  readAnswer,
  readFault,
} from '../../../../platform/node/thrift/answers.ts';
import { encodeCall, readCall } from '../../../../platform/node/thrift/calls.ts';
import { MessageScanner } from '../../../../platform/node/thrift/message-scanner.ts';
import { WireReader } from '../../../../platform/node/thrift/wire-reader.ts';
import { controlLimits } from '../../../../protocol/extension/wire-limits.ts';
import { answers, calls, cutAt } from './arbitraries.ts';

/** Messages as the scanner finds them in pieces of a stream; fails where it refuses one. */
const messagesIn = (pieces: readonly Buffer[]): readonly Buffer[] => {
  const scanner = new MessageScanner(controlLimits);
  const found: Buffer[] = [];
  for (const piece of pieces) {
    scanner.push(piece);
    for (;;) {
      const next = scanner.next();
      if (!next.ok) throw new Error(next.error.message);
      if (next.value === undefined) break;
      found.push(Buffer.from(scanner.window.slice(scanner.messageStart, next.value)));
      scanner.finish();
    }
  }
  return found;
};

const cuts = fc.array(fc.nat(), { maxLength: 12 });

t.test('calls come through any cut of the stream as they were sent', (t) => {
  fc.assert(
    fc.property(fc.array(calls, { minLength: 1, maxLength: 4 }), cuts, (sent, places) => {
      const stream = Buffer.concat(sent.map((call, index) => encodeCall(call, index)));
      const read = messagesIn(cutAt(stream, places)).map((message) => {
        const reader = new WireReader(message);
        const { name, type, sequenceId } = reader.head();
        return { call: readCall(name, reader), type, sequenceId };
      });
      const expected = sent.map((call, sequenceId) => ({ call, type: 1, sequenceId }));
      return isDeepStrictEqual(read, expected);
    }),
    { numRuns: 300 },
  );
  t.pass('every one of them');
  t.end();
});

t.test('answers come through any cut of the stream as they were sent', (t) => {
  fc.assert(
    fc.property(fc.array(answers, { minLength: 1, maxLength: 4 }), cuts, (sent, places) => {
      const stream = Buffer.concat(sent.map((answer, index) => encodeAnswer(answer, index)));
      const read = messagesIn(cutAt(stream, places)).map((message, index) => {
        const reader = new WireReader(message);
        const { name, sequenceId } = reader.head();
        const method = sent[index]?.method ?? 'ping';
        return { name, sequenceId, method, value: readAnswer(method, reader) };
      });
      const expected = sent.map(({ method, value }, sequenceId) => ({
        name: method,
        sequenceId,
        method,
        value,
      }));
      return isDeepStrictEqual(read, expected);
    }),
    { numRuns: 300 },
  );
  t.pass('every one of them');
  t.end();
});

t.test('a message that comes byte by byte is found at its last byte', (t) => {
  const message = encodeCall({ method: 'query', sql: 'SELECT 1' }, 9);
  const scanner = new MessageScanner(controlLimits);
  for (const [index, byte] of message.entries()) {
    scanner.push(Buffer.from([byte]));
    const end = index === message.length - 1 ? message.length : undefined;
    t.strictSame(scanner.next(), { ok: true, value: end }, `byte ${index}`);
  }
  t.end();
});

t.test('a fault says why', (t) => {
  const reader = new WireReader(encodeFault('x', { type: 1, message: "Invalid method name: 'x'" }, 5));
  t.strictSame(reader.head(), { name: 'x', type: 3, sequenceId: 5 });
  t.strictSame(readFault(reader), { type: 1, message: "Invalid method name: 'x'" });
  t.end();
});

t.test('what is missing in a call is empty, what is not known is passed over', (t) => {
  const head = Buffer.from([0x80, 1, 0, 1, 0, 0, 0, 5, ...Buffer.from('query'), 0, 0, 0, 1]);
  const unknown = Buffer.from([
    ...[2, 0, 9, 1], // field 9: a boolean
    ...[15, 0, 8, 12, 0, 0, 0, 2, 0, 0], // field 8: a list of two empty structs
    ...[8, 0, 1, 0, 0, 0, 7], // field 1, which should be a string: a number
    ...[16, 0, 3, ...Buffer.alloc(16, 11)], // field 3: a UUID that breaks the rules of UUIDs
    ...[14, 0, 4, 4, 0, 0, 0, 1, ...Buffer.alloc(8)], // field 4: a set of one double
    ...[13, 0, 5, 6, 11, 0, 0, 0, 1, 0, 9, 0, 0, 0, 1, 65], // field 5: a map of a short number to a string
    ...[10, 0, 6, ...Buffer.alloc(8)], // field 6: a long number
    ...[8, 0, 7, 0, 0, 0, 1], // field 7: a number
    ...[12, 0, 10, 3, 0, 1, 9, 0], // field 10: a struct of a byte
    ...[11, 0, 1, 0, 0, 0, 2, 0x61, 0x62], // field 1 again, as it should be
    0,
  ]);
  const message = Buffer.concat([head, unknown]);
  t.equal(messagesIn([message]).length, 1);
  const reader = new WireReader(message);
  reader.head();
  t.strictSame(readCall('query', reader), { method: 'query', sql: 'ab' });
  t.equal(readCall('nothing', reader), undefined);
  t.end();
});
