import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import t from 'tap';
import { cLibraryHost } from '../../../platform/node/c-library-host.ts';
import { cLibrary } from '../../../workers/engine/c-library.ts';
import { WasmMemory } from '../../../workers/engine/wasm-memory.ts';

/** A page of memory with the calls over it; `localTime` and random bytes are given. */
const libraryOver = (
  grows = true,
): { memory: WasmMemory; calls: Record<string, (...args: never[]) => unknown> } => {
  const wasm = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const memory = new WasmMemory(wasm, { malloc: () => 0, realloc: () => 0 });
  const { env, wasi_snapshot_preview1 } = cLibrary({
    host: { ...cLibraryHost, fillRandom: (bytes) => void bytes.fill(7), unixMs: () => 1_700_000_000_123 },
    memory: () => memory,
    growTo: () => grows,
    max_bytes: 3 * 2 ** 30,
  });
  return {
    memory,
    calls: { ...env, ...wasi_snapshot_preview1 } as Record<string, (...args: never[]) => unknown>,
  };
};

const path = (memory: WasmMemory, text: string): number => {
  memory.bytes.write(`${text}\0`, 100);
  return 100;
};

t.test('there is no file but the random device', (t) => {
  const { memory, calls } = libraryOver();
  const open = calls.__syscall_openat as (directory: number, path: number) => number;
  for (const file of ['/etc/passwd', '', '/dev/urandom/', 'dev/urandom', '/dev/random'])
    t.equal(open(-100, path(memory, file)), -44, `${file}: ENOENT`);
  const fd = open(-100, path(memory, '/dev/urandom'));
  const read = calls.fd_read as (fd: number, vector: number, parts: number, count: number) => number;
  memory.view.setUint32(200, 300, true);
  memory.view.setUint32(204, 2, true);
  memory.view.setUint32(208, 310, true);
  memory.view.setUint32(212, 3, true);
  t.equal(read(fd, 200, 2, 220), 0);
  t.equal(memory.view.getUint32(220, true), 5);
  t.equal(memory.bytes.toString('hex', 299, 314), '000707000000000000000007070700');
  t.equal(read(fd + 1, 200, 2, 220), 8, 'EBADF');
  const writes = ['fd_write', 'fd_sync', 'fd_seek', '__syscall_unlinkat', '__syscall_mkdirat', '_mmap_js'];
  for (const call of writes) t.equal(Math.abs(Number(calls[call]?.())), 52, `${call}: ENOSYS`);
  t.end();
});

t.test('memory grows only as it is allowed', (t) => {
  const sizes: number[] = [];
  const grow = (allowed: boolean, wanted_bytes: number): unknown => {
    const { env } = cLibrary({
      host: cLibraryHost,
      memory: () => {
        throw new Error('not needed');
      },
      growTo: (bytes) => {
        sizes.push(bytes);
        return allowed;
      },
      max_bytes: 2 ** 31,
    });
    return (env.emscripten_resize_heap as (bytes: number) => number)(wanted_bytes);
  };
  t.equal(grow(true, 70_000), 1);
  t.equal(grow(false, -65_536), 0);
  t.strictSame(sizes, [70_000, 2 ** 32 - 65_536], 'sizes from 2 GiB on are no negative ones');
  t.end();
});

const zones = existsSync('/usr/share/zoneinfo/Asia/Kathmandu') ? false : 'date(1) needs the zones of tzdata';

t.test('local time is that of the zone of this process', { skip: zones }, (t) => {
  const script = `
    const { cLibraryHost } = await import(${JSON.stringify(new URL('../../../platform/node/c-library-host.ts', import.meta.url).href)});
    const times = [0, 1719835445000, 1735689599000].map((ms) => Object.values(cLibraryHost.localTime(ms)).join(' '));
    process.stdout.write(times.join('\\n'));`;
  for (const TZ of ['America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC']) {
    const told = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TZ },
      encoding: 'utf8',
    });
    // date(1) as the independent source: %w counts from Sunday, %j from 1, %m from 1.
    const asked = [0, 1719835445, 1735689599].map((unix_s) => {
      const format = '+%-S %-M %-H %-d %-m %Y %w %-j %z';
      const fields = execFileSync('date', ['-d', `@${unix_s}`, format], { env: { TZ }, encoding: 'utf8' })
        .trim()
        .split(' ');
      const [second, minute, hour, day, month, year, weekday, ordinal, zone = ''] = fields;
      const offset_s =
        (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(3)) * 60);
      return [
        second,
        minute,
        hour,
        day,
        Number(month) - 1,
        year,
        weekday,
        Number(ordinal) - 1,
        offset_s,
      ].join(' ');
    });
    t.equal(told, asked.join('\n'), TZ);
  }
  t.end();
});
