import { PassThrough } from 'node:stream';

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const interrupt = 0x03;

/** A keyboard: standard input of a terminal. */
export interface Keyboard extends NodeJS.ReadableStream {
  setRawMode(raw: boolean): unknown;
}

/**
 * Stands between the keyboard and the line editor, and lets through one line at a time: what is typed or pasted
 * after it waits for the next prompt, instead of running into the output of the statement. Meanwhile a single key can
 * be asked for, and Ctrl-C is told at once.
 */
export class KeyGate {
  /** What the line editor reads. */
  readonly lines: PassThrough & { setRawMode(raw: boolean): void };
  readonly #keyboard: Keyboard;
  #held = Buffer.alloc(0);
  #open = false;
  #ended = false;
  #afterReturn = false;
  #key: ((key: string | undefined) => void) | undefined;
  #interrupted: (() => void) | undefined;

  constructor(keyboard: Keyboard) {
    this.#keyboard = keyboard;
    this.lines = Object.assign(new PassThrough(), {
      setRawMode: (raw: boolean) => void keyboard.setRawMode(raw),
    });
    keyboard.on('data', (bytes: Buffer) => this.#received(bytes));
    keyboard.once('end', () => this.#end());
  }

  /** Lets a line through, from what waits already or is typed next. */
  openForLine(): void {
    this.#open = true;
    this.#letThrough();
    if (this.#ended) this.lines.end();
  }

  /** While this is set, Ctrl-C calls it; what was typed ahead is forgotten then. */
  set onInterrupt(interrupted: (() => void) | undefined) {
    this.#interrupted = interrupted;
  }

  /** The next key, Ctrl-C included; undefined when the keyboard is gone. */
  nextKey(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#key = resolve;
      this.#giveKey();
      if (this.#ended) this.#take(undefined);
    });
  }

  /** Stops listening, so that the process may end. */
  close(): void {
    this.#keyboard.pause();
  }

  #received(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes]);
    if (this.#open) return this.#letThrough();
    const at = bytes.indexOf(interrupt);
    if (at >= 0) {
      this.#held = Buffer.from(bytes.subarray(at + 1));
      if (this.#key !== undefined) return this.#take('\u0003');
      this.#interrupted?.();
      return;
    }
    this.#giveKey();
  }

  #letThrough(): void {
    // Of a pair that ends a line the second half is no line of its own.
    if (this.#afterReturn && this.#held[0] === lineFeed) this.#held = this.#held.subarray(1);
    if (this.#held.length === 0) return;
    const end = this.#held.findIndex((byte) => byte === carriageReturn || byte === lineFeed);
    const length = end < 0 ? this.#held.length : end + 1;
    const passed = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    this.#afterReturn = end >= 0 && passed[end] === carriageReturn;
    this.#open = end < 0;
    this.lines.write(passed);
  }

  #giveKey(): void {
    if (this.#key === undefined || this.#held.length === 0) return;
    const key = String.fromCharCode(this.#held[0] ?? 0);
    this.#held = this.#held.subarray(1);
    this.#take(key);
  }

  #take(key: string | undefined): void {
    const take = this.#key;
    this.#key = undefined;
    take?.(key);
  }

  #end(): void {
    this.#ended = true;
    if (this.#open) this.lines.end();
    this.#take(undefined);
    // Nobody is there any more to wait for the answer.
    this.#interrupted?.();
  }
}
