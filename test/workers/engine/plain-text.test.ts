import t from 'tap';
import { isPlainText } from '../../../workers/engine/plain-text.ts';
import { WasmMemory } from '../../../workers/engine/wasm-memory.ts';

const memory = new WasmMemory(new WebAssembly.Memory({ initial: 1, maximum: 1 }), {
  malloc: () => 0,
  realloc: () => 0,
});

/** Whether JSON takes the byte as it is, by JSON's own word. */
const isPlain = (byte: number): boolean =>
  byte < 0x7f && JSON.stringify(String.fromCharCode(byte)) === `"${String.fromCharCode(byte)}"`;

t.test('every byte, at every place of a word and behind the last one', (t) => {
  const length = 11;
  for (const other of ['a', ' ', '!', '~', '#', '[']) {
    for (let start = 64; start < 68; start += 1) {
      for (let place = 0; place < length; place += 1) {
        for (let byte = 0; byte <= 0xff; byte += 1) {
          memory.bytes.fill(other, start, start + length);
          memory.bytes[start + place] = byte;
          if (isPlainText(memory, start, start + length) === isPlain(byte)) continue;
          t.fail(`byte ${byte} at ${place} among ${other}`);
        }
      }
    }
  }
  t.end();
});

t.test('what lies around a text does not matter', (t) => {
  memory.bytes.fill(0, 0, 64);
  memory.bytes.write('plain', 8);
  t.equal(isPlainText(memory, 8, 13), true);
  t.equal(isPlainText(memory, 8, 14), false);
  t.equal(isPlainText(memory, 7, 13), false);
  t.equal(isPlainText(memory, 8, 8), true, 'an empty text is plain');
  t.end();
});
