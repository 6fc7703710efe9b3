/** The parts of the WebAssembly interface that the engine uses; Node's types leave them to the browser's. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { readonly initial: number; readonly maximum: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  /** Holds functions; grows by whole entries, which start as null. */
  class Table {
    readonly length: number;
    grow(entries: number): number;
    set(index: number, value: unknown): void;
  }
  /** Compiled when its functions are called first. */
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  /** JSPI: a function whose promise suspends the WebAssembly that called it. */
  class Suspending {
    constructor(callback: (...args: never[]) => unknown);
  }
  /** JSPI: a WebAssembly function that may be suspended. */
  function promising(call: (...args: number[]) => number): (...args: number[]) => Promise<number>;
  class RuntimeError extends Error {}
}
