import fc from 'fast-check';
import t from 'tap';
import type { ActorRef, Behaviour } from '../../../actors/types.ts';
import { player, run } from '../stage.ts';
import { counter, read } from './counter.ts';
import { frame, hello, tell } from './forged.ts';
import { type TwoNodes, twoNodes } from './two-nodes.ts';

interface Anything {
  readonly text: string;
  readonly who?: ActorRef<Anything>;
}

/** Takes whatever comes, and answers the refs in it. */
const open = (texts: unknown[]): Behaviour<Anything, undefined> => ({
  init: () => undefined,
  receive: (state, message) => {
    texts.push(message);
    if (typeof message === 'object' && message !== null) message.who?.tell?.({ text: 'yes' });
    return state;
  },
});

/** A pair of which `here` is forged: nothing of what it writes arrives but what the test sends. */
const forgedPair = (received: unknown[] = []): TwoNodes => {
  const nodes = twoNodes();
  const { here, there } = nodes;
  here.end.isHeld = true;
  here.end.capacity_bytes = Number.POSITIVE_INFINITY;
  there.node.expose('open', there.system.spawn('open', open(received)));
  return nodes;
};

const prototypeKeys = Reflect.ownKeys(Object.prototype).length;

/** Whatever came in: the node is up, or down because of it, and the rest of the process goes on. */
const isSound = async ({ there, settle }: TwoNodes): Promise<boolean> => {
  const local = there.system.ask(there.system.spawn('local', counter()), read, 100);
  await settle();
  const { phase, dropped, received } = there.node.status();
  const why = phase === 'down' ? (await there.node.down).reason : 'up';
  const fine = why === 'up' || why === 'violation' || why === 'version_mismatch' || why === 'build_mismatch';
  const bounded = dropped <= received + 1 && Reflect.ownKeys(Object.prototype).length === prototypeKeys;
  return (fine || phase === 'greeting') && bounded && (await local).ok;
};

t.test('any bytes, in any pieces, end the connection at most', async (t) => {
  const first = fc.boolean();
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(first, pieces, async (isGreeted, bytes) => {
      const nodes = forgedPair();
      if (isGreeted) nodes.here.end.forge(frame(1, 0, hello({})));
      for (const piece of bytes) nodes.here.end.forge(piece);
      await nodes.settle();
      return isSound(nodes);
    }),
    { numRuns: 300 },
  );
  t.pass();
});

/** Nearly always one of the right ones: a frame has many parts, and one wrong part ends it. */
const mostly = <Value>(right: fc.Arbitrary<Value>, wrong: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 40, arbitrary: right }, { weight: 1, arbitrary: wrong });

const id = mostly<unknown>(fc.nat({ max: 4 }), fc.constantFrom(-1, 0.5, 2 ** 48, '1', null));
const name = mostly<unknown>(fc.constantFrom('open', '/x', '__proto__'), fc.constantFrom(7, null));
const space = mostly(fc.constantFrom('actor', 'reply', 'name'), fc.constant('moon'));
const address = fc.record({ space, id });
const kind = mostly(fc.constantFrom('normal', 'crashed', 'noconnection'), fc.constant('bored'));
const reason = fc.record({ kind, name, message: name });
const control: fc.Arbitrary<object> = fc.oneof(
  fc.record({ type: fc.constant('introduce'), id: fc.nat(), path: name }),
  fc.record({ type: fc.constant('bind'), id: fc.nat(), name }),
  fc.record({ type: fc.constant('watch'), id: mostly(fc.constant(1), fc.constant(2)) }),
  fc.record({ type: fc.constant('ended'), of: address, reason }),
  fc.record({ type: fc.constantFrom('link', 'unlink'), to: address, from: id }),
  fc.record({ type: fc.constantFrom('stop', 'kill'), to: address, from: name }),
);

const key = fc.constantFrom('text', 'who', 'deep', 0, '__proto__', 'constructor');
const ref = fc.record({
  whose: mostly(fc.constantFrom('mine', 'yours', 'nobodys'), fc.constant('x')),
  space,
  id,
  place: mostly<unknown>(
    fc.constantFrom(['who'], ['deep', 0, 'who'], ['text']),
    fc.array(key, { maxLength: 3 }),
  ),
});
const refs = fc.oneof(fc.constant([]), fc.uniqueArray(ref, { maxLength: 3, selector: ({ place }) => place }));
const message = mostly<unknown>(
  fc.constant({ text: 'x', who: '/x', deep: [{ who: '/y' }] }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Kind and payload of frames that are right outside, and often inside. */
const payload = mostly<readonly [kind: number, bytes: Buffer]>(
  fc.oneof(
    control.map((parts) => [1, Buffer.from(JSON.stringify(parts))] as const),
    fc.tuple(refs, message).map(([list, content]) => {
      const whole = tell(0, list.length === 0 ? '' : JSON.stringify(list), JSON.stringify(content));
      return [2, whole.subarray(8)] as const;
    }),
  ),
  fc
    .tuple(fc.nat({ max: 5 }), fc.uint8Array({ maxLength: 30 }))
    .map(([any, bytes]) => [any, Buffer.from(bytes)]),
);

t.test('frames of any content, one after another, end the connection at most', async (t) => {
  let delivered = 0;
  let survived = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(payload, { maxLength: 12 }), async (payloads) => {
      const received: unknown[] = [];
      const nodes = forgedPair(received);
      const { end } = nodes.here;
      end.forge(frame(1, 0, hello({})));
      end.forge(frame(1, 1, '{"type":"bind","id":1,"name":"open"}'));
      for (const [index, [kind, bytes]] of payloads.entries()) end.forge(frame(kind, index + 2, bytes));
      await nodes.settle();
      delivered += received.length;
      if (nodes.there.node.status().phase === 'up') survived += 1;
      return isSound(nodes);
    }),
    { numRuns: 600 },
  );
  t.ok(delivered > 300, `${delivered} messages were right`);
  t.ok(survived > 100 && survived < 500, `${survived} of 600 connections were`);
});

/** What an end writes in a lively conversation: a name, refs, a link, a large message, the end of an actor. */
const conversation = async (): Promise<Buffer> => {
  const nodes = twoNodes();
  const { here, events, settle } = nodes;
  here.end.isHeld = true;
  here.end.capacity_bytes = Number.POSITIVE_INFINITY;
  const ref = here.node.remote<Anything>('open');
  const actor = here.system.spawn('actor', player('actor', events));
  await settle();
  run(actor, (context) => context.link(ref));
  ref.tell({ text: 'first' });
  ref.tell({ text: 'second', who: here.system.spawn('who', open([])) });
  await settle();
  ref.tell({ text: 'ü'.repeat(200_000) });
  actor.tell('leave');
  await settle();
  ref.tell({ text: 'last' });
  await settle();
  return here.end.intercepted();
};

type Damage = (stream: Buffer) => Buffer;

const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** Most of the stream is one large text; what is small stands before and behind it. */
const place = fc.tuple(fc.constantFrom('front', 'back', 'any'), at).map(([where, share]) => {
  return (stream: Buffer): number => {
    const near = Math.floor(share * Math.min(900, stream.length));
    if (where === 'front') return near;
    return where === 'back' ? stream.length - 1 - near : Math.floor(share * stream.length);
  };
});
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([where, flip]) => (stream: Buffer) => {
    const damaged = Buffer.from(stream);
    const index = where(stream);
    damaged.writeUInt8(damaged.readUInt8(index) ^ flip, index);
    return damaged;
  }),
  fc.tuple(place, fc.integer({ min: 1, max: 50 })).map(([where, length]) => (stream: Buffer) => {
    const index = where(stream);
    return Buffer.concat([stream.subarray(0, index), stream.subarray(index + length)]);
  }),
  fc.tuple(place, fc.integer({ min: 1, max: 50 })).map(([where, length]) => (stream: Buffer) => {
    const index = where(stream);
    return Buffer.concat([stream.subarray(0, index + length), stream.subarray(index)]);
  }),
);
const cuts = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 30 });

/** Sends a stream in pieces of such lengths, the last of which are the same again and again. */
const sendIn = async (nodes: TwoNodes, stream: Buffer, lengths: readonly number[]): Promise<void> => {
  for (let from = 0, index = 0; from < stream.length; index += 1) {
    const length = lengths[index % lengths.length] ?? stream.length;
    nodes.here.end.forge(stream.subarray(from, from + Math.max(length, stream.length / 500)));
    from += Math.max(length, Math.floor(stream.length / 500));
    if (index % 3 === 0) await nodes.settle();
  }
  await nodes.settle();
};

t.test('a conversation is the same in any pieces, and damaged it ends the connection at most', async (t) => {
  const stream = await conversation();
  await fc.assert(
    fc.asyncProperty(cuts, async (lengths) => {
      const received: unknown[] = [];
      const nodes = forgedPair(received);
      await sendIn(nodes, stream, lengths);
      const texts = received.map((message) => (message as Anything).text.length);
      return fc.stringify(texts) === '[5,6,200000,4]' && nodes.there.node.status().phase === 'up';
    }),
    { numRuns: 40 },
  );
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(damage, cuts, async (hurt, lengths) => {
      const received: unknown[] = [];
      const nodes = forgedPair(received);
      await sendIn(nodes, hurt(stream), lengths);
      if (nodes.there.node.status().phase === 'down') refused += 1;
      return received.length <= 4 && isSound(nodes);
    }),
    { numRuns: 250 },
  );
  t.ok(refused > 100, `${refused} of 250 were noticed at once`);
});
