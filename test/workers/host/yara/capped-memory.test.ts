import t from 'tap';
import { readSqliteWasm, readYaraWasm } from '../../../../platform/node/wasm-files.ts';
import { withMemoryCap } from '../../../../workers/host/yara/capped-memory.ts';

const page_bytes = 65_536;
const preamble = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A memory of one page that is exported as `m`. */
const exported = [7, 5, 1, 1, 0x6d, 2, 0];
const wasm = (...sections: readonly number[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([...preamble, ...sections]);

t.test('a memory without a limit gets one, and grows to it and no further', async (t) => {
  for (const pages of [1, 3, 127, 128, 2560]) {
    const module = new WebAssembly.Module(
      withMemoryCap(wasm(5, 3, 1, 0, 1, ...exported), pages * page_bytes + 1),
    );
    const { m } = new WebAssembly.Instance(module, {}).exports as { m: WebAssembly.Memory };
    t.equal(m.buffer.byteLength, page_bytes);
    m.grow(pages - 1);
    t.throws(() => m.grow(1), RangeError, `${pages} pages`);
    t.equal(m.buffer.byteLength, pages * page_bytes);
  }
});

t.test('what has no such memory is refused', async (t) => {
  const refused = { message: /no memory of its own/ };
  t.throws(() => withMemoryCap(wasm(), page_bytes), refused);
  t.throws(() => withMemoryCap(wasm(5, 4, 1, 1, 1, 2), page_bytes), refused, 'it has a limit already');
  t.throws(() => withMemoryCap(wasm(5, 1, 0), page_bytes), refused);
  t.throws(() => withMemoryCap(wasm(0, 0x80, 0x80, 4), page_bytes), refused, 'it ends inside of a section');
  t.throws(() => withMemoryCap(readSqliteWasm(), page_bytes), refused, 'its memory is given to it');
});

t.test('the package that is installed is taken', async (t) => {
  const bytes = readYaraWasm();
  t.equal(withMemoryCap(bytes, 2560 * page_bytes).length, bytes.length + 2);
});
