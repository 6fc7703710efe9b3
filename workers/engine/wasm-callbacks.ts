/** Types of values in the binary format (WebAssembly core specification, 5.3.1); `v` is none. */
const valueTypes = { v: [], i: [0x7f], p: [0x7f], j: [0x7e], d: [0x7c] } as const;

type Letter = keyof typeof valueTypes;

/** The type of a function that C calls, result first, as in `v(pip)`; `p` is a pointer, `j` an integer of 64 bits. */
export type Signature = `${Letter}(${string})`;

/**
 * A table takes only functions of WebAssembly. So each of ours passes through a module of one import, which it exports
 * as it is: magic, version, then the sections type, import and export (core specification, 5.5).
 */
const passThrough = (signature: Signature): WebAssembly.Module => {
  const bytesOf = (letter: string): readonly number[] => valueTypes[letter as Letter];
  const parameters = [...signature.slice(2, -1)].flatMap(bytesOf);
  const results = bytesOf(signature.slice(0, 1));
  const type = [0x60, parameters.length, ...parameters, results.length, ...results];
  const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
  const section = (id: number, content: readonly number[]): number[] => [id, content.length, ...content];
  const function_ = 0x00;
  return new WebAssembly.Module(
    Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, [1, ...type]),
      ...section(2, [1, ...name('e'), ...name('f'), function_, 0]),
      ...section(7, [1, ...name('f'), function_, 0]),
    ]),
  );
};

/** Puts functions where C finds them; what is put there stays. */
export class WasmCallbacks {
  readonly #table: WebAssembly.Table;
  readonly #modules = new Map<Signature, WebAssembly.Module>();

  constructor(table: WebAssembly.Table) {
    this.#table = table;
  }

  /** The address under which C calls it. */
  install(signature: Signature, callback: ((...args: never[]) => unknown) | WebAssembly.Suspending): number {
    const module = this.#modules.get(signature) ?? passThrough(signature);
    this.#modules.set(signature, module);
    const { exports } = new WebAssembly.Instance(module, { e: { f: callback } });
    const index = this.#table.grow(1);
    this.#table.set(index, exports.f);
    return index;
  }
}
