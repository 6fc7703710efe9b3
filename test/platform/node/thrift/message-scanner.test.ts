import fc from 'fast-check';
import t from 'tap';
import { encodeCall, readCall } from '../../../../platform/node/thrift/calls.ts';
import { MessageScanner } from '../../../../platform/node/thrift/message-scanner.ts';
import { WireReader, WrongType } from '../../../../platform/node/thrift/wire-reader.ts';
import { controlLimits, type WireLimits } from '../../../../protocol/extension/wire-limits.ts';
import { calls, cutAt } from './arbitraries.ts';

const head = Buffer.from([0x80, 1, 0, 1, 0, 0, 0, 4, ...Buffer.from('ping'), 0, 0, 0, 1]);
const i32 = (value: number): readonly number[] => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return [...bytes];
};

const scan = (bytes: readonly number[], limits: WireLimits = controlLimits) => {
  const scanner = new MessageScanner(limits);
  scanner.push(Buffer.concat([head, Buffer.from(bytes)]));
  return { scanner, next: scanner.next() };
};

t.test('lengths are refused when they are declared', (t) => {
  const twoGigabytes = i32(2 ** 31 - 1);
  const cases: readonly (readonly [string, readonly number[], string])[] = [
    ['a string of 2 GB', [11, 0, 1, ...twoGigabytes], 'too_large'],
    ['a string a byte over its limit', [11, 0, 1, ...i32(controlLimits.string_bytes + 1)], 'too_large'],
    ['a string of negative length', [11, 0, 1, ...i32(-1)], 'malformed'],
    ['a list of 2 billion', [15, 0, 1, 3, ...twoGigabytes], 'too_many'],
    ['a list of fewer than none', [15, 0, 1, 3, ...i32(-5)], 'malformed'],
    ['a map of 2 billion', [13, 0, 1, 11, 11, ...twoGigabytes], 'too_many'],
    ['a set of 2 billion', [14, 0, 1, 11, ...twoGigabytes], 'too_many'],
    ['a list of items of no type', [15, 0, 1, 77, ...i32(1)], 'malformed'],
    ['a list of ends of structs', [15, 0, 1, 0, ...i32(1)], 'malformed'],
    ['a map whose values have no type', [13, 0, 1, 11, 1, ...i32(1)], 'malformed'],
    ['a field of no type', [99, 0, 1], 'malformed'],
  ];
  for (const [what, bytes, reason] of cases) {
    const { scanner, next } = scan(bytes);
    t.match(next, { ok: false, error: { reason } }, what);
    t.ok(scanner.window.capacity_bytes < 16_384, `${what}: nothing is taken for it`);
  }
  t.end();
});

t.test('items that cannot fit into what is left of the message are refused at once', (t) => {
  const items = 16_000;
  const limits = { ...controlLimits, message_bytes: 100_000 };
  t.match(scan([15, 0, 1, 4, ...i32(items)], limits).next, { ok: false, error: { reason: 'too_large' } });
  t.match(scan([15, 0, 1, 3, ...i32(items)], limits).next, { ok: true }, 'of one byte each they fit');
  t.end();
});

t.test('an empty container may name any type', (t) => {
  t.match(scan([13, 0, 1, 0, 0, ...i32(0), 15, 0, 2, 0, ...i32(0), 0]).next, {
    ok: true,
    value: head.length + 18,
  });
  t.end();
});

t.test('depth, number of values and length of all of it are bounded', (t) => {
  const nested = (depth: number): readonly number[] => [
    ...Array.from({ length: depth }, () => [12, 0, 1]).flat(),
    ...Array.from({ length: depth + 1 }, () => 0),
  ];
  t.match(scan(nested(15)).next, { ok: true, value: head.length + 61 });
  t.match(scan(nested(16)).next, { ok: false, error: { reason: 'too_deep' } });

  const fields = (count: number): readonly number[] => [
    ...Array.from({ length: count }, () => [3, 0, 1, 7]).flat(),
    0,
  ];
  const few = { ...controlLimits, values: 100 };
  t.match(scan(fields(100), few).next, { ok: true, value: head.length + 401 });
  t.match(scan(fields(101), few).next, { ok: false, error: { reason: 'too_many' } });

  const small = { ...controlLimits, message_bytes: head.length + 400 };
  t.match(scan(fields(90), small).next, { ok: true, value: head.length + 361 });
  t.match(scan(fields(110), small).next, { ok: false, error: { reason: 'too_large' } });
  t.end();
});

t.test('only the strict protocol is spoken', (t) => {
  const scanner = new MessageScanner(controlLimits);
  scanner.push(Buffer.from([0, 0, 0, 4, ...Buffer.from('ping'), 1, 0, 0, 0, 1, 0]));
  t.match(scanner.next(), { ok: false, error: { reason: 'not_strict' } });
  const name = new MessageScanner(controlLimits);
  name.push(Buffer.from([0x80, 1, 0, 1, ...i32(257)]));
  t.match(name.next(), { ok: false, error: { reason: 'too_large' } });
  t.end();
});

t.test('a sender of single bytes costs no more than its bytes', (t) => {
  const message = encodeCall({ method: 'query', sql: 'x'.repeat(100_000) }, 1);
  let copied_bytes = 0;
  const scanner = new MessageScanner(controlLimits);
  let capacity_bytes = 0;
  for (const byte of message) {
    scanner.push(Buffer.from([byte]));
    scanner.next();
    // The window moves its bytes only when its memory changes.
    if (scanner.window.capacity_bytes !== capacity_bytes) copied_bytes += scanner.window.end;
    capacity_bytes = scanner.window.capacity_bytes;
  }
  t.ok(copied_bytes < 3 * message.length, `${copied_bytes} bytes moved for ${message.length}`);
  t.ok(capacity_bytes < 3 * message.length, `${capacity_bytes} bytes held for ${message.length}`);
  t.end();
});

t.test('whatever is changed in a message, it is refused, waited for, or read', (t) => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(calls, damage, fc.array(fc.nat(), { maxLength: 5 }), (call, changes, cuts) => {
      const message = encodeCall(call, 1);
      for (const [place, value] of changes) message[place % message.length] = value;
      const scanner = new MessageScanner(controlLimits);
      for (const piece of cutAt(message, cuts)) {
        scanner.push(piece);
        const next = scanner.next();
        if (!next.ok) return;
        if (next.value === undefined) continue;
        const reader = new WireReader(scanner.window.slice(scanner.messageStart, next.value));
        const { name } = reader.head();
        try {
          readCall(name, reader);
        } catch (error) {
          // The only thing that may be wrong with what the scanner let through.
          if (!(error instanceof WrongType)) throw error;
        }
        scanner.finish();
      }
    }),
    { numRuns: 3000 },
  );
  t.pass('nothing else was thrown');
  t.end();
});
