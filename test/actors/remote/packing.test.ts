import fc from 'fast-check';
import t from 'tap';
import { Ref } from '../../../actors/ref.ts';
import { Batch } from '../../../actors/remote/batch.ts';
import { FrameReader } from '../../../actors/remote/frame-reader.ts';
import { pack, unpack } from '../../../actors/remote/packing.ts';

class Named extends Ref {
  readonly path: string;
  readonly tell = (): 'accepted' => 'accepted';

  constructor(path: string) {
    super();
    this.path = path;
  }
}

const named = fc.string().map((path) => new Named(path));

/** Anything that can travel, refs here and there. */
const message = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.string({ unit: 'binary' }),
    named,
    fc.array(tie('value')),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toJSON', 'constructor')),
      tie('value'),
      { noNullPrototype: true },
    ),
  ),
})).value;

t.test('what is unpacked is what was packed, each ref in its place', (t) => {
  fc.assert(
    fc.property(message, (sent) => {
      const packed = pack(sent);
      if (!packed.ok) throw new Error(packed.error);
      const { text, bytes, refs } = packed.value;
      t.equal(Buffer.byteLength(text), bytes);
      const wire = refs.map(({ place }, id) => ({ whose: 'mine', space: 'actor', id, place }) as const);
      const received = unpack(Buffer.from(text), wire, ({ id }, path) => {
        t.equal(path, refs[id]?.ref.path);
        return refs[id]?.ref;
      });
      if (!received.ok) throw new Error(received.error);
      return fc.stringify(received.value) === fc.stringify(sent);
    }),
  );
  t.end();
});

t.test('frames are the same however their stream is cut', (t) => {
  const texts = fc.array(fc.string({ minLength: 2, maxLength: 300 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(texts, fc.infiniteStream(fc.integer({ min: 1, max: 400 })), (sent, cuts) => {
      const batch = new Batch();
      for (const text of sent) batch.control(text);
      const stream = batch.take();
      const reader = new FrameReader();
      const received: string[] = [];
      for (let at = 0; at < stream.length; ) {
        const { value: cut } = cuts.next();
        reader.push(stream.subarray(at, at + cut));
        at += cut;
        for (let next = reader.next(); next.ok && next.value !== undefined; next = reader.next())
          received.push(next.value.payload.toString());
      }
      t.equal(reader.pending_bytes, 0);
      return fc.stringify(received) === fc.stringify(sent.map((text) => Buffer.from(text).toString()));
    }),
  );
  t.end();
});

t.test('a place leads to no prototype', (t) => {
  Object.defineProperty(Object.prototype, 'planted', { value: 'path', writable: true, configurable: true });
  t.teardown(() => Reflect.deleteProperty(Object.prototype, 'planted'));
  const wire = (place: readonly string[]) => [{ whose: 'mine', space: 'actor', id: 1, place } as const];
  for (const place of [['planted'], ['__proto__', 'planted'], ['inside', '__proto__', 'planted']]) {
    t.notOk(unpack(Buffer.from('{"inside":{}}'), wire(place), () => 'a ref').ok);
    t.equal(Reflect.get(Object.prototype, 'planted'), 'path');
  }
  const own = unpack(
    Buffer.from('{"__proto__":{"planted":"x"}}'),
    wire(['__proto__', 'planted']),
    () => 'a ref',
  );
  t.strictSame(own.ok && JSON.stringify(own.value), '{"__proto__":{"planted":"a ref"}}');
  t.end();
});
