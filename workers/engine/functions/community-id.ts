import { createHash } from 'node:crypto';
import { type Failure, fail, ok, type Result } from '../../../protocol/result.ts';
import { ipBytes } from '../../parsers/ip-bytes.ts';
import type { SqlArgument } from '../sql-value.ts';
import type { RunFunction } from './function.ts';

/** One end of a flow. */
interface Endpoint {
  readonly address: Uint8Array;
  readonly port: number;
}

type IdFailure = Failure<'bad_seed' | 'bad_address' | 'bad_port' | 'bad_protocol'>;

/**
 * The Community ID of a flow, version 1 (https://github.com/corelight/community-id-spec), as osquery computes it: the
 * types and codes of ICMP are not mapped. Arguments: source and destination address, their ports, the protocol's number,
 * the seed. What is wrong is told in osquery's order.
 */
const communityId = (args: readonly SqlArgument[]): Result<string, IdFailure> => {
  const [source, destination, sourcePort, destinationPort, protocol, seed = 0] = args;
  if (!isWhole(seed)) return bad('bad_seed', 'seed must be an integer');
  if (seed < -(2 ** 15) || seed >= 2 ** 15) return bad('bad_seed', 'seed must fit in 2 bytes');
  if (typeof source !== 'string' || typeof destination !== 'string')
    return bad('bad_address', 'IPs must be strings');
  const [from, to] = [ipBytes(source), ipBytes(destination)];
  if (from === undefined) return bad('bad_address', 'saddr cannot be parsed as IP');
  if (to === undefined) return bad('bad_address', 'daddr cannot be parsed as IP');
  if (!isWhole(sourcePort) || !isWhole(destinationPort)) return bad('bad_port', 'ports must be integers');
  if (!fits(sourcePort, 2) || !fits(destinationPort, 2)) return bad('bad_port', 'ports must fit in 2 bytes');
  if (!isWhole(protocol)) return bad('bad_protocol', 'protocol must be an integer');
  if (!fits(protocol, 1)) return bad('bad_protocol', 'protocol must fit in 1 byte');
  const ends: readonly [Endpoint, Endpoint] = [
    { address: from, port: Number(sourcePort) },
    { address: to, port: Number(destinationPort) },
  ];
  return ok(digestOf(ends, Number(protocol), Number(seed)));
};

const digestOf = (ends: readonly [Endpoint, Endpoint], protocol: number, seed: number): string => {
  const [low, high] = isBefore(...ends) ? ends : ends.toReversed();
  const hash = createHash('sha1').update(bigEndian(seed & 0xffff));
  for (const end of [low, high]) if (end !== undefined) hash.update(end.address);
  hash.update(Uint8Array.of(protocol, 0));
  for (const end of [low, high]) if (end !== undefined) hash.update(bigEndian(end.port));
  return `1:${hash.digest('base64')}`;
};

/** IPv4 comes before IPv6. */
const isBefore = (one: Endpoint, other: Endpoint): boolean => {
  const byAddress = one.address.length - other.address.length || Buffer.compare(one.address, other.address);
  return byAddress < 0 || (byAddress === 0 && one.port < other.port);
};

const bigEndian = (number: number): Uint8Array => Uint8Array.of(number >> 8, number & 255);

const isWhole = (value: SqlArgument | undefined): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

const fits = (value: number | bigint, bytes: 1 | 2): boolean => value >= 0 && value < 2 ** (8 * bytes);

const bad = (reason: IdFailure['reason'], what: string): Result<never, IdFailure> =>
  fail({ reason, message: `Community ID ${what}` });

/** The seed may be left out. */
const arities = [5, 6];

/** NULL and a warning for a flow that has none. */
const lenient = (arity: number): RunFunction => ({
  name: 'community_id_v1',
  arity,
  callIn: ({ services }, ...args) => {
    const id = communityId(args);
    if (id.ok) return id.value;
    services.warn(`community_id_v1: ${id.error.message}`);
    return null;
  },
});

const strict = (arity: number): RunFunction => ({
  name: 'community_id_v1_strict',
  arity,
  callIn: (_run, ...args) => {
    const id = communityId(args);
    if (!id.ok) throw new Error(id.error.message);
    return id.value;
  },
});

export const communityIdFunctions: readonly RunFunction[] = arities.flatMap((arity) => [
  lenient(arity),
  strict(arity),
]);
