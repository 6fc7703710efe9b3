import type { Pointer } from './raw-sqlite.ts';

/** Node's Buffer with the conversions that skip encoding look-up. */
interface FastBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
  utf8Write(text: string, offset: number, length: number): number;
}

interface Allocator {
  readonly malloc: (bytes: number) => Pointer;
  readonly realloc: (pointer: Pointer, bytes: number) => Pointer;
}

/** Under this length a loop in JavaScript beats the call into Node's encoder. */
const shortText_chars = 32;
const arenaStart_bytes = 64 * 1024;

/** WASM memory ran out while a value was handed to SQLite. */
export class WasmOutOfMemory extends Error {}

/**
 * Typed views of WASM memory, and one arena through which values pass into SQLite (it copies them).
 * Growth detaches views; `refresh` renews them, so read them from here each time and never keep them.
 */
export class WasmMemory {
  /** For another module that works in the same memory. */
  readonly wasm: WebAssembly.Memory;
  readonly #allocator: Allocator;
  #arena: Pointer = 0;
  #arena_bytes = 0;
  bytes: FastBuffer;
  int32: Int32Array;
  view: DataView;

  constructor(memory: WebAssembly.Memory, allocator: Allocator) {
    this.wasm = memory;
    this.#allocator = allocator;
    this.bytes = Buffer.from(memory.buffer) as FastBuffer;
    this.int32 = new Int32Array(memory.buffer);
    this.view = new DataView(memory.buffer);
  }

  /** Renews the views after memory grew. */
  refresh(): void {
    const buffer = this.wasm.buffer;
    this.bytes = Buffer.from(buffer) as FastBuffer;
    this.int32 = new Int32Array(buffer);
    this.view = new DataView(buffer);
  }

  get size_bytes(): number {
    return this.wasm.buffer.byteLength;
  }

  allocate(bytes: number): Pointer {
    const pointer = this.#allocator.malloc(bytes);
    if (pointer === 0) throw new WasmOutOfMemory(`no ${bytes} bytes left in WASM memory`);
    return pointer;
  }

  /** The arena with room for `bytes`; its content lasts until the next call. */
  arena(bytes: number): Pointer {
    if (bytes <= this.#arena_bytes) return this.#arena;
    const wanted = Math.max(arenaStart_bytes, 2 ** Math.ceil(Math.log2(bytes)));
    const grown = this.#allocator.realloc(this.#arena, wanted);
    if (grown === 0) throw new WasmOutOfMemory(`no ${wanted} bytes left in WASM memory`);
    this.#arena = grown;
    this.#arena_bytes = wanted;
    return grown;
  }

  /** Writes text as UTF-8 into the arena, where it starts at `arena(0)`; gives its length in bytes. */
  writeText(text: string): number {
    const start = this.arena(text.length * 3 + 1);
    if (text.length <= shortText_chars) {
      const bytes = this.bytes;
      let index = 0;
      for (; index < text.length; index += 1) {
        const code = text.charCodeAt(index);
        if (code > 0x7f) break;
        bytes[start + index] = code;
      }
      if (index === text.length) return index;
    }
    return this.bytes.utf8Write(text, start, text.length * 3);
  }

  /** A copy of `text` with a closing NUL in memory that the caller frees. */
  allocateText(text: string): { readonly pointer: Pointer; readonly length_bytes: number } {
    const length_bytes = Buffer.byteLength(text);
    const pointer = this.allocate(length_bytes + 1);
    this.bytes.utf8Write(text, pointer, length_bytes);
    this.bytes[pointer + length_bytes] = 0;
    return { pointer, length_bytes };
  }

  /** Text of a known length. */
  text(pointer: Pointer, length_bytes: number): string {
    return this.bytes.utf8Slice(pointer, pointer + length_bytes);
  }

  /** Text up to its NUL; '' for a NULL pointer. */
  cString(pointer: Pointer): string {
    if (pointer === 0) return '';
    return this.bytes.utf8Slice(pointer, this.bytes.indexOf(0, pointer));
  }
}
