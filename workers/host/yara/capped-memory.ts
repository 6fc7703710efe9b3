const page_bytes = 65_536;
/** Magic and version. */
const preamble_bytes = 8;
const memorySection = 5;

/**
 * The same WebAssembly with a memory of its own that never grows beyond `max_bytes`: a growth that it is refused fails
 * inside of it. Only a module with one memory that has no limit yet is taken (WebAssembly Core Specification, 5.5).
 */
export const withMemoryCap = (wasm: Uint8Array<ArrayBuffer>, max_bytes: number): Uint8Array<ArrayBuffer> => {
  for (let at = preamble_bytes; at < wasm.length; ) {
    const size = unsigned(wasm, at + 1);
    const end = size.end + size.value;
    if (wasm[at] === memorySection) {
      const [count, flags] = [wasm[size.end], wasm[size.end + 1]];
      if (count !== 1 || flags !== 0) break;
      const initial = wasm.subarray(size.end + 2, end);
      const limits = [count, 1, ...initial, ...encoded(Math.floor(max_bytes / page_bytes))];
      const section = Uint8Array.from([memorySection, ...encoded(limits.length), ...limits]);
      const capped = new Uint8Array(at + section.length + wasm.length - end);
      capped.set(wasm.subarray(0, at));
      capped.set(section, at);
      capped.set(wasm.subarray(end), at + section.length);
      return capped;
    }
    at = end;
  }
  throw new Error('this WebAssembly has no memory of its own without a limit');
};

/** An unsigned LEB128 number and the place behind it. */
const unsigned = (bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } => {
  let value = 0;
  for (let at = start, scale = 1; ; at += 1, scale *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: at + 1 };
  }
};

const encoded = (value: number): readonly number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...encoded(Math.floor(value / 128))];
