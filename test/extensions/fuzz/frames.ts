/** Malformed messages, drawn from a seed: whole ones that were damaged, and ones that lie about what they hold. */
import { encodeAnswer, encodeFault } from '../../../platform/node/thrift/answers.ts';
import { encodeCall } from '../../../platform/node/thrift/calls.ts';
import type { Random } from '../../../platform/random.ts';
import type { ExtensionInfo } from '../../../protocol/extension/types.ts';

const info: ExtensionInfo = { name: 'fuzz', version: '1', sdkVersion: '5.0.0', minSdkVersion: '' };
const column = new Map([
  ['id', 'column'],
  ['name', 'a'],
  ['type', 'TEXT'],
  ['op', '1'],
]);
const status = { code: 0, message: 'OK', uuid: 3 };
const rows = Array.from({ length: 40 }, (_, index) => new Map([['a', `value ${index}`]]));

const requests: readonly Buffer[] = [
  encodeCall({ method: 'ping' }, 1),
  encodeCall({ method: 'extensions' }, 1),
  encodeCall({ method: 'query', sql: 'SELECT * FROM processes' }, 1),
  encodeCall({ method: 'deregisterExtension', uuid: 77 }, 1),
  encodeCall({ method: 'call', registry: 'table', item: 'a', request: column }, 1),
  encodeCall(
    { method: 'registerExtension', info, routes: new Map([['table', new Map([['t', [column, column]]])]]) },
    1,
  ),
];

const replies: readonly Buffer[] = [
  encodeAnswer({ method: 'call', value: { status, response: rows } }, 1),
  encodeAnswer({ method: 'call', value: { status: { ...status, code: 1 }, response: [] } }, 1),
  encodeAnswer({ method: 'ping', value: status }, 1),
  encodeAnswer({ method: 'extensions', value: new Map([[3, info]]) }, 1),
  encodeFault('call', { type: 1, message: 'Invalid method name' }, 1),
];

/** Lengths and counts that programs stumble over. */
const numbers = [-1, 0, 1, 255, 65_535, 131_072, 262_144, 2 ** 24, 2 ** 31 - 1, -(2 ** 31)];
const types = [0, 1, 2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 15, 16, 99];

/** Draws messages; the same seed draws the same ones. */
export class FrameSource {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** What a client sends to the manager. */
  request(): Buffer {
    return this.#damaged(requests);
  }

  /** What an extension answers. */
  reply(): Buffer {
    return this.#damaged(replies);
  }

  #damaged(whole: readonly Buffer[]): Buffer {
    const message = Buffer.from(this.#one(whole));
    switch (this.#below(7)) {
      case 0:
        return this.#noise(1 + this.#below(400));
      case 1:
        return message.subarray(0, this.#below(message.length));
      case 2:
        return this.#withNumbers(message);
      case 3:
        return Buffer.concat([message.subarray(0, this.#below(message.length)), this.#one(whole)]);
      case 4:
        return Buffer.concat([message.subarray(0, 16), this.#nest()]);
      case 5:
        return Buffer.concat([message.subarray(0, this.#below(message.length)), this.#noise(64)]);
      default:
        return this.#withBytes(message);
    }
  }

  #withBytes(message: Buffer): Buffer {
    for (let changes = 1 + this.#below(8); changes > 0; changes -= 1) {
      message[this.#below(message.length)] = this.#below(2) === 0 ? this.#one(types) : this.#below(256);
    }
    return message;
  }

  #withNumbers(message: Buffer): Buffer {
    for (let changes = 1 + this.#below(3); changes > 0; changes -= 1) {
      message.writeInt32BE(this.#one(numbers), this.#below(message.length - 3));
    }
    return message;
  }

  /** Containers within one another, deeper than anything in use, whose counts are what they like. */
  #nest(): Buffer {
    const parts: number[] = [];
    for (let depth = this.#below(60); depth > 0; depth -= 1) {
      const count = this.#one(numbers) & 0xff;
      parts.push(
        ...this.#one([
          [12, 0, 1],
          [13, 0, 1, 11, 13, 0, 0, 0, count],
          [15, 0, 2, 15, 0, 0, 0, count],
        ]),
      );
    }
    return Buffer.from(parts);
  }

  #noise(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.#below(256)));
  }

  #one<T>(of: readonly T[]): T {
    const drawn = of[this.#below(of.length)];
    if (drawn === undefined) throw new Error('nothing to draw from');
    return drawn;
  }

  #below(limit: number): number {
    return Math.floor(this.#random.fraction() * limit);
  }
}
