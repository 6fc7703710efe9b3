import loadWabt from 'wabt';

/** The binary of a WebAssembly module from its text. Throws, with the place, where the text is none. */
export const assemble = async (text: string): Promise<Uint8Array> => {
  const { parseWat } = await loadWabt();
  const module = parseWat('module.wat', text, { simd: true });
  try {
    module.validate();
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
};
