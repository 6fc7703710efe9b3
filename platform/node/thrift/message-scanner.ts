import type { WireLimits } from '../../../protocol/extension/wire-limits.ts';
import { type Failure, fail, ok, type Result } from '../../../protocol/result.ts';
import { ByteWindow } from './byte-window.ts';
import { fixedLength, leastLength, longestName_bytes, strictVersion, wireTypes } from './wire-types.ts';

/** Why a stream cannot be read on. After it nothing on the connection can be trusted. */
export type WireFailure = Failure<'too_large' | 'too_deep' | 'too_many' | 'not_strict' | 'malformed'>;

/** A container that the scanner is inside of. */
export interface OpenContainer {
  readonly type: number;
  /** Position of its first byte. */
  readonly start: number;
  /** In a struct: id of the field that is read. */
  field: number;
  /** Types of its items; a map's keys and values take turns. */
  readonly itemTypes: readonly [number, number];
  /** Items still to come. */
  left: number;
}

/**
 * Told of every complete value that has at most `depth` containers around it, which are given outermost first: where
 * it stands in the stream. Its bytes are in the window.
 */
export interface ScanObserver {
  readonly depth: number;
  value(around: readonly OpenContainer[], type: number, start: number, end: number): void;
}

const noItems: readonly [number, number] = [wireTypes.stop, wireTypes.stop];

/**
 * Finds where messages of the strict binary protocol end, as their bytes come. The buffered transport puts no length
 * in front, and the package's own reader begins at the front again whenever bytes are missing: a slow sender would
 * cost the square of its message. Here every byte is looked at once, at most, and every length is held against the
 * limits when it is declared: two announced gigabytes cost the four bytes that announce them.
 */
export class MessageScanner {
  readonly window: ByteWindow = new ByteWindow();
  readonly #limits: WireLimits;
  readonly #observer: ScanObserver | undefined;
  readonly #open: OpenContainer[] = [];
  /** Where the present message began, and how far it has been looked at. */
  #messageStart = 0;
  #position = 0;
  /** What comes next: the parts of the head, or the body. */
  #state: 'version' | 'name' | 'sequence' | 'body' = 'version';
  /** Bytes to pass over, and what is complete with them. */
  #skip = 0;
  #skippedType: number = wireTypes.stop;
  #skippedStart = 0;
  /** Type of a value whose head has not come whole. */
  #pendingType: number = wireTypes.stop;
  #values = 0;

  constructor(limits: WireLimits, observer?: ScanObserver) {
    this.#limits = limits;
    this.#observer = observer;
  }

  /** Whether part of a message is here. */
  get isInside(): boolean {
    return this.window.end > this.#messageStart;
  }

  /** Position where the present message began. */
  get messageStart(): number {
    return this.#messageStart;
  }

  /** Forgets how many values were counted: called by an observer that took some and lets them go. */
  resetValues(): void {
    this.#values = 0;
  }

  /** Adds bytes; they are looked at by `next`. */
  push(chunk: Uint8Array): void {
    this.window.append(chunk);
  }

  /**
   * Looks on. A number is the position behind a whole message: take what is needed of it, then call `finish`.
   * Undefined: more bytes are needed.
   */
  next(): Result<number | undefined, WireFailure> {
    for (;;) {
      const step = this.#step();
      if (step === 'continue') continue;
      if (step === 'starved') return ok(undefined);
      if (step === 'whole') return ok(this.#position);
      return fail(step);
    }
  }

  /** Drops the message that `next` found, and begins the one behind it. */
  finish(): void {
    this.window.release(this.#position);
    this.#messageStart = this.#position;
    this.#state = 'version';
    this.#values = 0;
  }

  #step(): 'continue' | 'starved' | 'whole' | WireFailure {
    if (this.#skip > 0) return this.#passOver();
    if (this.#state !== 'body') return this.#head();
    if (this.#pendingType !== wireTypes.stop) return this.#begin(this.#pendingType);
    const top = this.#open.at(-1);
    if (top === undefined) return 'whole';
    if (top.type === wireTypes.struct) return this.#field(top);
    if (top.left === 0) return this.#close(top);
    return this.#begin(top.itemTypes[top.left % 2] ?? wireTypes.stop);
  }

  #passOver(): 'continue' | 'starved' {
    const passed = Math.min(this.#skip, this.window.end - this.#position);
    this.#position += passed;
    this.#skip -= passed;
    if (this.#skip > 0) return 'starved';
    if (this.#state === 'name') this.#state = 'sequence';
    else this.#complete(this.#skippedType, this.#skippedStart);
    return 'continue';
  }

  #head(): 'continue' | 'starved' | WireFailure {
    if (!this.#has(4)) return 'starved';
    const word = this.window.int32At(this.#position);
    if (this.#state === 'version') {
      if (word >>> 16 !== strictVersion) {
        return refusal(
          'not_strict',
          'a message does not begin with the version of the strict binary protocol',
        );
      }
      this.#state = 'name';
    } else if (this.#state === 'name') {
      if (word < 0 || word > longestName_bytes) {
        return refusal('too_large', `the name of a method has ${word} bytes, ${longestName_bytes} are taken`);
      }
      this.#skip = word;
      if (word === 0) this.#state = 'sequence';
    } else {
      this.#state = 'body';
      this.#open.push({
        type: wireTypes.struct,
        start: this.#position + 4,
        field: 0,
        itemTypes: noItems,
        left: 0,
      });
    }
    this.#position += 4;
    return 'continue';
  }

  #field(top: OpenContainer): 'continue' | 'starved' | WireFailure {
    if (!this.#has(1)) return 'starved';
    const type = this.window.byteAt(this.#position);
    if (type === wireTypes.stop) {
      this.#position += 1;
      return this.#close(top);
    }
    if (!this.#has(3)) return 'starved';
    top.field = this.window.int16At(this.#position + 1);
    this.#position += 3;
    this.#values += 1;
    return this.#overLimits() ?? this.#begin(type);
  }

  /** Begins a value whose type is known; its head may not have come whole. */
  #begin(type: number): 'continue' | 'starved' | WireFailure {
    this.#pendingType = type;
    const fixed = fixedLength(type);
    if (fixed !== undefined) return this.#skipTo(type, 0, fixed);
    const head_bytes = leastLength(type);
    if (head_bytes === undefined) return refusal('malformed', `there is no type ${type}`);
    if (type !== wireTypes.struct && !this.#has(head_bytes)) return 'starved';
    if (type === wireTypes.string) return this.#skipTo(type, 4, this.window.int32At(this.#position));
    return this.#openContainer(type, type === wireTypes.struct ? 0 : head_bytes);
  }

  #skipTo(type: number, head_bytes: number, length: number): 'continue' | WireFailure {
    if (length < 0) return refusal('malformed', `a string declares ${length} bytes`);
    if (type === wireTypes.string && length > this.#limits.string_bytes) {
      return refusal(
        'too_large',
        `a string of ${length} bytes is over the limit of ${this.#limits.string_bytes}`,
      );
    }
    this.#pendingType = wireTypes.stop;
    this.#skippedType = type;
    this.#skippedStart = this.#position;
    this.#position += head_bytes;
    this.#skip = length;
    if (length === 0) this.#complete(type, this.#skippedStart);
    return this.#overLimits() ?? 'continue';
  }

  #openContainer(type: number, head_bytes: number): 'continue' | WireFailure {
    const start = this.#position;
    let itemTypes = noItems;
    let items = 0;
    if (type !== wireTypes.struct) {
      const first = this.window.byteAt(start);
      const second = type === wireTypes.map ? this.window.byteAt(start + 1) : first;
      const count = this.window.int32At(start + head_bytes - 4);
      const refused = this.#countRefused(count, type === wireTypes.map ? [first, second] : [first]);
      if (refused !== undefined) return refused;
      // An even number is left before a key, an odd one before a value.
      itemTypes = [first, second];
      items = type === wireTypes.map ? 2 * count : count;
    }
    if (this.#open.length >= this.#limits.depth) {
      return refusal('too_deep', `values lie deeper than ${this.#limits.depth} within one another`);
    }
    this.#pendingType = wireTypes.stop;
    this.#position += head_bytes;
    this.#open.push({ type, start, field: 0, itemTypes, left: items });
    return this.#overLimits() ?? 'continue';
  }

  /** Holds a declared count against the limits and against the bytes that it needs at least. */
  #countRefused(count: number, types: readonly number[]): WireFailure | undefined {
    if (count < 0) return refusal('malformed', `a container declares ${count} items`);
    if (count > this.#limits.items) {
      return refusal(
        'too_many',
        `${count} items in one container are over the limit of ${this.#limits.items}`,
      );
    }
    if (count === 0) return undefined;
    let item_bytes = 0;
    for (const type of types) {
      const least = leastLength(type);
      if (least === undefined) return refusal('malformed', `there is no type ${type}`);
      item_bytes += least;
    }
    const room_bytes = this.#limits.message_bytes - (this.#position - this.#messageStart);
    if (count * item_bytes <= room_bytes) return undefined;
    return refusal(
      'too_large',
      `${count} items do not fit into the limit of ${this.#limits.message_bytes} bytes`,
    );
  }

  #close(top: OpenContainer): 'continue' {
    this.#open.pop();
    this.#complete(top.type, top.start);
    return 'continue';
  }

  #complete(type: number, start: number): void {
    const top = this.#open.at(-1);
    if (top !== undefined && top.type !== wireTypes.struct) {
      top.left -= 1;
      this.#values += 1;
    }
    if (this.#observer !== undefined && this.#open.length <= this.#observer.depth) {
      this.#observer.value(this.#open, type, start, this.#position);
    }
  }

  #overLimits(): WireFailure | undefined {
    const { message_bytes, values } = this.#limits;
    if (this.#position + this.#skip - this.#messageStart > message_bytes) {
      return refusal('too_large', `a message is over the limit of ${message_bytes} bytes`);
    }
    if (this.#values <= values) return undefined;
    return refusal('too_many', `a message has more than ${values} values`);
  }

  #has(bytes: number): boolean {
    return this.window.end - this.#position >= bytes;
  }
}

const refusal = (reason: WireFailure['reason'], message: string): WireFailure => ({ reason, message });
