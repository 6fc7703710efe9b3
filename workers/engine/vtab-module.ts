import type { Pointer } from './raw-sqlite.ts';
import { layout } from './struct-layout.ts';
import type { WasmMemory } from './wasm-memory.ts';

/** The callbacks of a virtual table; each is a function in the WASM table. */
export type VtabCallbacks = Readonly<
  Record<Exclude<keyof typeof layout.sqlite3_module, 'size' | 'iVersion' | 'xCreate'>, Pointer>
>;

/**
 * An sqlite3_module in WASM memory. xCreate stays NULL: that makes its tables eponymous only, so none can be created
 * under another name.
 */
export const buildModule = (memory: WasmMemory, callbacks: VtabCallbacks): Pointer => {
  const offsets = layout.sqlite3_module;
  const module = memory.allocate(offsets.size);
  memory.bytes.fill(0, module, module + offsets.size);
  for (const [name, callback] of Object.entries(callbacks)) {
    memory.int32[(module + offsets[name as keyof VtabCallbacks]) >> 2] = callback;
  }
  return module;
};
