/** Calls and answers of every kind, for properties of the codec. */
import fc from 'fast-check';
import type { Answer, ManagerCall } from '../../../../protocol/extension/calls.ts';

/** Objects like those of the codec: with a prototype. */
const record = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(members, { noNullPrototype: true });

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const uuid = fc.integer({ min: 0, max: 2 ** 53 - 1 });

const mapOf = <K, V>(key: fc.Arbitrary<K>, value: fc.Arbitrary<V>): fc.Arbitrary<Map<K, V>> =>
  fc.array(fc.tuple(key, value), { maxLength: 6 }).map((entries) => new Map(entries));

const row = mapOf(fc.oneof(text, fc.constant('__proto__')), text);
const rows = fc.array(row, { maxLength: 6 });
const info = record({ name: text, version: text, sdkVersion: text, minSdkVersion: text });
const status = record({ code: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), message: text, uuid });
/** Rows come with success alone. */
const response = fc.oneof(
  record({ status: status.map((each) => ({ ...each, code: 0 })), response: rows }),
  record({ status: status.filter(({ code }) => code !== 0), response: fc.constant([]) }),
);

/** Any call. */
export const calls: fc.Arbitrary<ManagerCall> = fc.oneof(
  fc
    .constantFrom('ping' as const, 'shutdown' as const, 'extensions' as const, 'options' as const)
    .map((method): ManagerCall => ({ method })),
  record({ method: fc.constant('call' as const), registry: text, item: text, request: row }),
  record({
    method: fc.constant('registerExtension' as const),
    info,
    routes: mapOf(text, mapOf(text, rows)),
  }),
  record({ method: fc.constant('deregisterExtension' as const), uuid }),
  record({ method: fc.constantFrom('query' as const, 'getQueryColumns' as const), sql: text }),
);

/** Any answer. */
export const answers: fc.Arbitrary<Answer> = fc.oneof(
  record({ method: fc.constantFrom('ping' as const, 'registerExtension' as const), value: status }),
  record({ method: fc.constant('deregisterExtension' as const), value: status }),
  record({ method: fc.constantFrom('call' as const, 'query' as const), value: response }),
  record({ method: fc.constant('getQueryColumns' as const), value: response }),
  fc.constant<Answer>({ method: 'shutdown', value: undefined }),
  record({ method: fc.constant('extensions' as const), value: mapOf(uuid, info) }),
  record({
    method: fc.constant('options' as const),
    value: mapOf(text, record({ value: text, defaultValue: text, type: text })),
  }),
) as fc.Arbitrary<Answer>;

/** Cuts bytes into pieces at places that a seed draws. */
export const cutAt = (bytes: Buffer, places: readonly number[]): readonly Buffer[] => {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...cuts, bytes.length].map((to, index) => bytes.subarray(index === 0 ? 0 : cuts[index - 1], to));
};
