import fc from 'fast-check';
import t from 'tap';
import { decodeMessage, encodeCall, messageLength } from '../../../workers/parsers/dbus-message.ts';
import { DbusReader } from '../../../workers/parsers/dbus-reader.ts';
import { completeTypes } from '../../../workers/parsers/dbus-signature.ts';
import { anyTyped, marshal, message, unmarked } from '../net/dbus-marshal.ts';

const runs = { numRuns: 2000 };

t.test('a signature is complete types one after another, or none', async (t) => {
  t.strictSame(completeTypes(''), []);
  t.strictSame(completeTypes('sa{sv}a(ssssssouso)ayv'), ['s', 'a{sv}', 'a(ssssssouso)', 'ay', 'v']);
  t.strictSame(completeTypes(`${'a'.repeat(32)}y`), [`${'a'.repeat(32)}y`]);
  const wrong = ['a', '(', ')', '()', '(s', '{sv}', 'a{s}', 'a{vs}', 'a{sss}', 'a{}', 'z', 's ', 'a(', 'a{s'];
  for (const each of wrong) t.equal(completeTypes(each), undefined, each);
  t.equal(completeTypes(`${'a'.repeat(34)}y`), undefined, 'arrays too deep in each other');
  t.equal(completeTypes('('.repeat(100_000)), undefined, 'structs too deep in each other');
});

t.test('values of every type come back, in both byte orders, wherever they begin', async (t) => {
  fc.assert(
    fc.property(fc.array(anyTyped, { maxLength: 4 }), fc.boolean(), fc.nat(9), (typed, isLittle, before) => {
      const signature = typed.map((each) => each.signature).join('');
      if (signature.length > 255 || completeTypes(signature) === undefined) return;
      const values = typed.map(({ value }) => value);
      const bytes = marshal(signature, values, isLittle, before);
      const reader = new DbusReader(bytes, isLittle, before);
      const read = reader.values(signature);
      t.notOk(reader.broken, signature);
      t.equal(reader.at, bytes.length);
      t.strictSame(read, values.map(unmarked), signature);
    }),
    { numRuns: 500 },
  );
});

t.test('a message comes back, and its length is told by its first bytes', async (t) => {
  for (const isLittle of [true, false]) {
    const fields = [
      [5, { signature: 'u', held: 9 }],
      [4, { signature: 's', held: 'org.example.Error' }],
    ] as const;
    const bytes = message(3, fields, 'sas', ['said', ['a', 'b']], isLittle);
    t.equal(messageLength(bytes.subarray(0, 16)), bytes.length);
    t.strictSame(decodeMessage(bytes), {
      type: 3,
      replySerial: 9,
      errorName: 'org.example.Error',
      body: ['said', ['a', 'b']],
    });
    t.equal(decodeMessage(Buffer.concat([bytes, Buffer.alloc(1)])), undefined, 'more than the message');
    t.strictSame(decodeMessage(message(2, [], '', [], isLittle))?.body, []);
  }
});

t.test('a call is a message that others read', async (t) => {
  const call = {
    destination: 'a.b',
    path: '/a',
    interface: 'c.d',
    member: 'M',
    arguments: ['x', 'größer', ''],
  };
  const bytes = encodeCall(5, call);
  t.equal(messageLength(bytes), bytes.length);
  const reader = new DbusReader(bytes, true);
  const [order, type, flags, version, , serial, fields] = reader.values('yyyyuua(yv)');
  t.strictSame([order, type, flags, version, serial], ['l'.charCodeAt(0), 1, 2, 1, 5]);
  t.strictSame(fields, [
    [1, '/a'],
    [2, 'c.d'],
    [3, 'M'],
    [6, 'a.b'],
    [8, 'sss'],
  ]);
  t.strictSame(decodeMessage(bytes)?.body, call.arguments);
  t.strictSame(decodeMessage(encodeCall(1, { ...call, arguments: [] }))?.body, []);
});

t.test('what is cut, damaged or nonsense is no message, and costs nothing', async (t) => {
  const bytes = message(2, [[5, { signature: 'u', held: 1 }]], 'a(sv)', [
    [['a', { signature: 'as', held: ['b'] }]],
  ]);
  for (let length = 0; length < bytes.length; length += 1)
    t.equal(decodeMessage(bytes.subarray(0, length)), undefined, `cut to ${length}`);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
      const damaged = Buffer.from(bytes);
      damaged[at] = byte;
      decodeMessage(damaged);
      messageLength(damaged);
    }),
    runs,
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('l', 'B'), (noise, order) => {
      decodeMessage(Buffer.concat([Buffer.from(order), noise]));
      messageLength(noise);
    }),
    runs,
  );
  t.equal(messageLength(Buffer.from('HTTP/1.1 400 Bad Request')), undefined);
});

t.test('variants in variants end at a depth, and a length beyond the bytes ends an array', async (t) => {
  const deep = Buffer.concat([Buffer.from('\x01v\0'.repeat(100_000)), Buffer.from('\x01y\0\x07')]);
  const reader = new DbusReader(deep, true);
  reader.values('v');
  t.ok(reader.broken);
  const long = Buffer.alloc(8);
  long.writeUInt32LE(0xffff_ffff);
  for (const type of ['ay', 'as', 'a(tt)', 's', 'a{sv}']) {
    const each = new DbusReader(long, true);
    each.values(type);
    t.ok(each.broken, type);
  }
});
