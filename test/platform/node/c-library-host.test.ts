import t from 'tap';
import { cLibraryHost } from '../../../platform/node/c-library-host.ts';

t.test('random bytes fill what is asked for, and nothing beside it', async (t) => {
  const memory = new Uint8Array(96);
  cLibraryHost.fillRandom(memory.subarray(16, 80));
  t.ok(memory.subarray(16, 80).some((byte) => byte !== 0));
  t.strictSame([...memory.subarray(0, 16), ...memory.subarray(80)], new Array(32).fill(0));
  const other = new Uint8Array(64);
  cLibraryHost.fillRandom(other);
  t.notSame(other, memory.subarray(16, 80));
});
