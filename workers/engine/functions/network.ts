import { ipBytes } from '../../parsers/ip-bytes.ts';
import { type ScalarFunction, textOf } from './function.ts';

/** An IPv4 address as a number; NULL for anything else. */
const inetAton: ScalarFunction = {
  name: 'inet_aton',
  arity: 1,
  call: (value) => {
    const bytes = ipBytes(textOf(value) ?? '');
    return bytes?.length === 4 ? Number(wholeOf(bytes)) : null;
  },
};

/**
 * Whether an address is one of the hosts of a block. As in osquery the first and last address of an IPv4 block are
 * none, but for a block of one; an IPv6 block is all hosts, but for ::/0, which has none.
 */
const inCidrBlock: ScalarFunction = {
  name: 'in_cidr_block',
  arity: 2,
  call: (cidr, address) => {
    if (typeof cidr !== 'string') throw new Error('CIDR must be a string');
    if (typeof address !== 'string') throw new Error('IP address must be a string');
    const bytes = ipBytes(address);
    if (bytes === undefined) throw new Error('IP address cannot be parsed');
    const block = blockOf(cidr, bytes.length);
    if (block === undefined) {
      throw new Error(`CIDR for IP address v${bytes.length === 4 ? 4 : 6} cannot be parsed`);
    }
    return isHost(wholeOf(bytes), bytes.length * 8, block);
  },
};

interface Block {
  readonly address: bigint;
  /** Bits that all its addresses share. */
  readonly prefix: number;
}

const isHost = (address: bigint, bits: number, { address: of, prefix }: Block): boolean => {
  const rest = BigInt(bits - prefix);
  if (address >> rest !== of >> rest) return false;
  if (bits !== 32) return prefix > 0;
  const within = address & ((1n << rest) - 1n);
  return prefix === 32 || (within !== 0n && within !== (1n << rest) - 1n);
};

const blockOf = (cidr: string, length: number): Block | undefined => {
  const [, address = '', digits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const bytes = ipBytes(address);
  const prefix = Number(digits);
  if (bytes?.length !== length || prefix > length * 8) return undefined;
  return { address: wholeOf(bytes), prefix };
};

const wholeOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

export const networkFunctions: readonly ScalarFunction[] = [inetAton, inCidrBlock];
