import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { BudgetExceeded } from '../../../protocol/budget-exceeded.ts';
import { type CountedHostFiles, createHostFiles } from '../../../workers/host/door.ts';

const door = (root = '/', budget = { read_bytes: 1e6, paths: 1000 }): CountedHostFiles =>
  createHostFiles({ root, readMax_bytes: 1e5, budget });

const directory = mkdtempSync(join(tmpdir(), 'leash-door-'));
t.teardown(() => rmSync(directory, { recursive: true }));

t.test('what could hang or hurt is refused and counted, without waiting', async (t) => {
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  const files = door();
  for (const path of [join(directory, 'fifo'), '/dev/null', '/proc/kmsg', '/proc/kcore']) {
    t.equal(files.readText(path), undefined, path);
    t.equal(
      files.readChunks(path, () => t.fail('read')),
      false,
    );
  }
  t.equal(files.usage().refused_reads, 8);
});

t.test('files are read whole, up to read_max; what is missing is undefined', async (t) => {
  const path = join(directory, 'file');
  const files = door();
  writeFileSync(path, 'a'.repeat(70_000));
  t.equal(files.readText(path)?.length, 70_000);
  writeFileSync(path, 'a'.repeat(100_001));
  t.equal(files.readText(path), undefined);
  t.equal(files.readText(`${path}-missing`), undefined);
  t.equal(files.readText('/proc/\0'), undefined);
  t.match(files.readText('/proc/self/status'), /^Name:/);
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
  const files = door(root);
  t.equal(files.readText('/absolute'), 'inside');
  t.equal(files.readText('/upwards'), undefined);
  t.equal(files.readText('/loop'), undefined);
  t.equal(files.realPath('/absolute'), '/etc/inside');
  t.equal(door().within(root).readText('/etc/inside'), 'inside');
});
