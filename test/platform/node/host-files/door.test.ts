import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { type CountedHostFiles, createHostFiles } from '../../../../platform/node/host-files/door.ts';
import { isProcessorDevice } from '../../../../platform/node/host-files/openable.ts';
import { BudgetExceeded } from '../../../../protocol/budget-exceeded.ts';
import { readRange } from '../../../../workers/host/read-range.ts';

const door = (root = '/', budget = { read_bytes: 1e6, paths: 1000 }): CountedHostFiles =>
  createHostFiles({ root, readMax_bytes: 1e5, budget });

const directory = mkdtempSync(join(tmpdir(), 'leash-door-'));
t.teardown(() => rmSync(directory, { recursive: true }));

t.test('what could hang or hurt is refused and counted, without waiting', async (t) => {
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  const files = door();
  const own = `/proc/${process.pid}`;
  const paths = [
    join(directory, 'fifo'),
    '/dev/null',
    '/proc/kmsg',
    '/proc/kcore',
    `${own}/mem`,
    `${own}/pagemap`,
  ];
  for (const path of paths) {
    t.equal(files.readText(path), undefined, path);
    t.equal(
      files.readChunks(path, () => t.fail('read')),
      false,
    );
    t.equal(files.open(path), undefined, path);
  }
  t.equal(files.usage().refused_reads, 3 * paths.length);
});

t.test('files are read whole, up to read_max; what is missing is undefined', async (t) => {
  const path = join(directory, 'file');
  const files = door();
  writeFileSync(path, 'a'.repeat(70_000));
  t.equal(files.readText(path)?.length, 70_000);
  writeFileSync(path, 'a'.repeat(100_001));
  t.equal(files.readText(path), undefined);
  t.equal(files.readBytes(path), undefined);
  t.equal(
    files.readChunks(path, () => t.fail('nothing is read of it')),
    false,
  );
  t.strictSame(files.usage().too_large, [path], 'that is noted, once');
  t.equal(door(directory).readText('/file'), undefined);
  t.equal(files.readText(`${path}-missing`), undefined);
  t.equal(files.readText('/proc/\0'), undefined);
  t.match(files.readText('/proc/self/status'), /^Name:/);
});

t.test('an open file is read at any place, whatever its size, and counted', async (t) => {
  const path = join(directory, 'pieces');
  writeFileSync(path, `${'a'.repeat(200_000)}end`);
  const files = door();
  const file = files.open(path);
  const into = Buffer.alloc(10);
  t.equal(file?.readAt(into, 199_995), 8, 'what is left of it');
  t.equal(into.toString('latin1', 0, 8), 'aaaaaend');
  t.equal(file?.readAt(into, 300_000), 0);
  t.equal(file?.stat().size_bytes, 200_003n);
  t.equal(files.usage().read_bytes, 8);
  rmSync(path);
  t.equal(file?.readAt(into, 0), 10, 'it stays what it was when its name is gone');
  file?.close();
  t.throws(
    () => door('/', { read_bytes: 5, paths: 9 }).open('/proc/self/status')?.readAt(into, 0),
    BudgetExceeded,
  );
});

t.test('a file of several MiB reads as what it holds', async (t) => {
  const path = join(directory, 'large');
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, line) => `line ${line}\n`).join(''));
  writeFileSync(path, content);
  const files = createHostFiles({ root: '/', readMax_bytes: 1e7, budget: { read_bytes: 1e8, paths: 10 } });
  t.ok(content.equals(files.readBytes(path) ?? Buffer.alloc(0)));
  t.ok(files.readText(path) === content.toString());
  t.ok(files.readText(path, 'latin1') === content.toString('latin1'));
});

t.test('a used-up budget throws, with what was measured', async (t) => {
  const files = door('/', { read_bytes: 2 ** 20, paths: 2 });
  files.stat('/');
  files.stat('/');
  t.throws(() => files.stat('/'), new BudgetExceeded('paths', 2, 3));
  const few = door('/', { read_bytes: 10, paths: 10 });
  t.throws(() => few.readText('/proc/self/status'), BudgetExceeded);
});

t.test('links stay inside a root', async (t) => {
  const root = join(directory, 'root');
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc', 'inside'), 'inside');
  writeFileSync(join(directory, 'outside'), 'outside');
  symlinkSync('/etc/inside', join(root, 'absolute'));
  symlinkSync('../../outside', join(root, 'upwards'));
  symlinkSync('loop', join(root, 'loop'));
  symlinkSync('etc', join(root, 'folder'));
  const files = door(root);
  symlinkSync('/etc', join(root, 'away'));
  t.equal(
    files.lstat('/away/')?.ino,
    files.lstat('/etc')?.ino,
    'a slash at the end leads not out of the root',
  );
  t.equal(files.lstat('/folder')?.kind, 'symlink');
  t.equal(files.lstat('/folder/')?.kind, 'directory', 'a slash at the end follows the link');
  t.equal(files.readText('/etc/inside/'), undefined, 'and leads to directories only');
  t.equal(files.realPath('/folder/'), '/etc');
  t.equal(files.realPath('/missing'), undefined);
  t.equal(files.readText('/absolute'), 'inside');
  t.equal(files.readText('/upwards'), undefined);
  t.equal(files.readText('/loop'), undefined);
  t.equal(files.realPath('/absolute'), '/etc/inside');
  t.equal(door().within(root).readText('/etc/inside'), 'inside');
});

t.test('descriptors of a process, and where this one works is left as it is', async (t) => {
  const before = process.cwd();
  const path = join(directory, 'held');
  writeFileSync(path, '');
  const held = openSync(path, 'r');
  const files = door();
  const found = files.descriptors(String(process.pid));
  t.strictSame(
    found?.find(({ fd }) => fd === held),
    { fd: held, target: path },
  );
  const open = readdirSync('/proc/self/fd').length;
  t.equal(
    files.usage().paths,
    1 + 2 * open,
    'the directory, and each descriptor twice: its name and its link',
  );
  t.ok(found !== undefined && found.length < open, 'the one that listed them is closed by now');
  t.equal(files.descriptors('0'), undefined, 'no such process');
  t.equal(files.usage().denied_reads, 0);
  t.throws(() => door('/', { read_bytes: 1, paths: open + 3 }).descriptors('self'), BudgetExceeded);
  t.equal(process.cwd(), before, 'also when the budget ended it');
  closeSync(held);

  const root = t.testdir({ proc: { 7: { fd: { 0: t.fixture('symlink', 'socket:[12]'), 1: 'no link' } } } });
  t.strictSame(door(root).descriptors('7'), [{ fd: 0, target: 'socket:[12]' }], 'of another root');

  const gone = join(directory, 'gone');
  mkdirSync(gone);
  process.chdir(gone);
  rmdirSync(gone);
  t.ok(files.descriptors('self'), 'from a directory that was deleted');
  t.equal(process.cwd(), '/');
  process.chdir(before);
});

t.test('names that are no UTF-8 are found again by the name that the door gave', async (t) => {
  const root = mkdtempSync(join(directory, 'bytes-'));
  const names = [
    [0xff],
    [0x61, 0xc3],
    [0xed, 0xa0, 0x80],
    [0xf0, 0x9f, 0x98, 0x80],
    [0xf0, 0x9f, 0x98],
    [0xef, 0xbf, 0xbd],
    [0x80, 0x0a, 0xc3, 0xa4],
  ].map((bytes) => Buffer.from(bytes));
  for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name]), name);
  for (const [files, prefix] of [
    [door(), root],
    [door(root), ''],
  ] as const) {
    const found = files.list(prefix || '/') ?? [];
    t.equal(found.length, names.length);
    for (const name of found) {
      const content = Buffer.from(files.readBytes(`${prefix}/${name}`) ?? []);
      t.ok(
        names.some((each) => each.equals(content)),
        content.toString('hex'),
      );
      t.equal(files.lstat(`${prefix}/${name}`)?.kind, 'regular');
    }
    t.equal(new Set(found).size, names.length, 'no two names are one');
    // The listing and its names, then a read and an lstat of each.
    t.equal(files.usage().paths, 1 + 3 * names.length, 'each name is counted once');
    t.strictSame(
      files.entries(prefix || '/')?.map(({ name }) => name),
      found,
      'and its entries have the same names',
    );
  }
});

t.test('a large directory ends at the budget while it is read', async (t) => {
  const root = mkdtempSync(join(directory, 'many-'));
  for (let index = 0; index < 1000; index += 1) writeFileSync(join(root, String(index)), '');
  const files = door('/', { read_bytes: 1, paths: 100 });
  t.throws(() => files.entries(root), new BudgetExceeded('paths', 100, 101));
  t.equal(door('/', { read_bytes: 1, paths: 1001 }).entries(root)?.length, 1000);
  t.equal(door().entries(join(root, '0')), undefined, 'a file has no entries');
  t.equal(door().list(join(directory, 'fifo')), undefined, 'a FIFO has none either');
});

t.test('a directory too large to be read in one go has the same entries', async (t) => {
  const root = mkdtempSync(join(directory, 'large-'));
  writeFileSync(Buffer.concat([Buffer.from(`${root}/bad-`), Buffer.of(0xff)]), '');
  mkdirSync(join(root, 'folder'));
  let count = 2;
  for (; statSync(root).size <= 256 * 1024; count += 1)
    writeFileSync(join(root, `${'x'.repeat(200)}${count}`), '');
  const files = door('/', { read_bytes: 1, paths: count + 2 });
  const entries = files.entries(root) ?? [];
  t.equal(entries.length, count);
  t.strictSame(entries.map(({ name }) => name.toWellFormed()).toSorted(), readdirSync(root).toSorted());
  t.equal(entries.filter(({ kind }) => kind === 'regular').length, count - 1);
  t.equal(files.usage().paths, count + 1);
  const names = door('/', { read_bytes: 1, paths: count + 2 });
  t.strictSame(
    names.list(root),
    entries.map(({ name }) => name),
    'and the same names',
  );
  t.equal(names.usage().paths, count + 1);
  t.throws(() => door('/', { read_bytes: 1, paths: 300 }).list(root), BudgetExceeded);
  const before = readdirSync('/proc/self/fd').length;
  t.throws(() => door('/', { read_bytes: 1, paths: 300 }).entries(root), BudgetExceeded);
  t.equal(readdirSync('/proc/self/fd').length, before, 'the directory is closed when the budget ends it');
});

t.test('pieces, and whether one is the whole file', async (t) => {
  const path = join(directory, 'pieces');
  const files = createHostFiles({
    root: '/',
    readMax_bytes: 1e6,
    budget: { read_bytes: 1e7, paths: 100 },
  });
  const pieces = (size: number): unknown => {
    writeFileSync(path, 'a'.repeat(size));
    const seen: unknown[] = [];
    t.equal(
      files.readChunks(path, (bytes, isWhole) => seen.push([bytes.length, isWhole])),
      true,
    );
    return seen;
  };
  const full = 256 * 1024;
  t.strictSame(pieces(0), []);
  t.strictSame(pieces(5), [[5, true]]);
  t.strictSame(pieces(full - 1), [[full - 1, true]]);
  t.strictSame(pieces(full), [[full, false]]);
  t.strictSame(pieces(full + 1), [
    [full, false],
    [1, false],
  ]);
  t.throws(
    () =>
      files.readChunks(path, () => {
        throw new TypeError('of the caller');
      }),
    TypeError,
  );
});

t.test('a part of a file, however large the file is', async (t) => {
  const path = join(directory, 'ranges');
  writeFileSync(path, `${'a'.repeat(200_000)}end`);
  const files = door();
  const text = (offset: number, length: number): string | undefined => {
    const bytes = readRange(files, path, offset, length);
    return bytes && Buffer.from(bytes).toString();
  };
  t.equal(files.readText(path), undefined, 'more than read_max');
  t.equal(text(199_999, 2), 'ae');
  t.equal(text(200_000, 100), 'end');
  t.equal(text(300_000, 5), '');
  t.equal(text(0, 50 * 2 ** 20 + 1), undefined, 'a part of more than read_max');
  t.equal(readRange(files, `${path}-missing`, 0, 1), undefined);
  t.throws(() => readRange(door('/', { read_bytes: 10, paths: 10 }), path, 0, 11), BudgetExceeded);
});

t.test('no device gives a part, unless it is that of a processor', async (t) => {
  const files = door();
  const fifo = join(directory, 'fifo-of-parts');
  execFileSync('mkfifo', [fifo]);
  const paths = ['/dev/null', '/dev/zero', fifo, '/proc/kmsg', '/dev/cpu/0/../../zero'];
  for (const path of paths) t.equal(readRange(files, path, 0, 8), undefined, path);
  t.equal(files.usage().refused_reads, paths.length);
  const stat = (mode: bigint, rdev: bigint): Parameters<typeof isProcessorDevice>[1] =>
    ({ isCharacterDevice: () => mode === 1n, rdev }) as Parameters<typeof isProcessorDevice>[1];
  t.equal(isProcessorDevice('/dev/cpu/11/msr', stat(1n, (202n << 8n) | 11n)), true);
  t.equal(
    isProcessorDevice('/dev/cpu/11/msr', stat(1n, (1n << 8n) | 5n)),
    false,
    '/dev/zero under that name',
  );
  t.equal(isProcessorDevice('/dev/cpu/11/msr', stat(0n, 202n << 8n)), false);
  t.equal(isProcessorDevice('/dev/msr', stat(1n, 202n << 8n)), false);
  t.equal(isProcessorDevice('/dev/cpu/0/cpuid', stat(1n, 203n << 8n)), true);
  t.equal(isProcessorDevice('/dev/cpu/0/cpuid', stat(1n, 202n << 8n)), false);
});

t.test('the memory of a process is opened by its own method alone, and of this host', async (t) => {
  const files = door();
  const own = files.openMemory(process.pid, 'mem');
  const pagemap = files.openMemory(process.pid, 'pagemap');
  const maps = readFileSync('/proc/self/maps', 'utf8');
  const end = Number.parseInt(/^[0-9a-f]+-([0-9a-f]+) r.*\[stack\]$/m.exec(maps)?.[1] ?? '', 16);
  const bytes = new Uint8Array(16);
  t.equal(own?.readAt(bytes, end - 16), 16);
  t.equal(own?.readAt(bytes, 0), undefined, 'nothing is mapped there');
  t.equal(pagemap?.readAt(bytes.subarray(8), (end / 4096 - 1) * 8), 8);
  t.ok((bytes[15] ?? 0) & 0x80, 'the last page of the stack is there');
  own?.close();
  pagemap?.close();
  t.equal(files.usage().read_bytes, 24);
  for (const pid of [0, -1, 1.5, Number.NaN, 999_999_999])
    t.equal(files.openMemory(pid, 'mem'), undefined, String(pid));
  t.equal(files.within(`/proc/${process.pid}/root`).openMemory(process.pid, 'mem'), undefined);
});
