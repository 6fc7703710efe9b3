import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { LogFiles } from '../../../platform/log-files.ts';
import { nodeLogFiles } from '../../../platform/node/log-files.ts';
import { SimulatedLogFiles } from '../../simulation/simulated-log-files.ts';

/** Log files, a path in a directory of their own, and somebody who moves what is there out of the way. */
interface Subject {
  readonly files: LogFiles;
  readonly path: string;
  rotate(): void;
}

const simulated = (): Subject => {
  const files = new SimulatedLogFiles();
  return { files, path: '/logs/results.log', rotate: () => files.rotate() };
};

const onDisk = (t: Test): Subject => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-logs-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'results.log');
  return { files: nodeLogFiles, path, rotate: () => renameSync(path, `${path}.1`) };
};

for (const [name, make] of Object.entries({ 'simulated log files': simulated, 'log files': onDisk })) {
  t.test(`${name} begin with the first write, even of nothing, and grow at their end`, async (t) => {
    const { files, path } = make(t);
    t.equal(files.look(path), undefined);
    t.throws(() => files.read(path, 0, 1));
    t.strictSame(files.append(path, Buffer.alloc(0), 0o600), { written: 0, problem: undefined });
    t.match(files.look(path), { path, size_bytes: 0 });
    t.strictSame(files.append(path, Buffer.from('one\n'), 0o600), { written: 4, problem: undefined });
    files.append(path, Buffer.from('two\n'), 0o600);
    t.match(files.look(path), { path, size_bytes: 8 });
    t.equal(files.read(path, 2, 4).toString(), 'e\ntw');
    t.equal(files.read(path, 6, 100).toString(), 'o\n', 'what there is');
    t.equal(files.read(path, 8, 100).length, 0);
  });

  t.test(`${name} are found again by what they are when they were moved`, async (t) => {
    const { files, path, rotate } = make(t);
    files.append(path, Buffer.from('one\n'), 0o600);
    const first = files.look(path);
    if (first === undefined) throw new Error('nothing was written');
    rotate();
    t.equal(files.look(path), undefined);
    files.append(path, Buffer.from('two two\n'), 0o600);
    const second = files.look(path);
    t.not(second?.inode, first.inode, 'the new one is another file');
    const moved = files.findMoved(path, first.device, first.inode);
    t.match(moved, { device: first.device, inode: first.inode, size_bytes: 4 });
    t.not(moved?.path, path);
    t.equal(files.read(moved?.path ?? '', 0, 9).toString(), 'one\n');
    files.append(moved?.path ?? '', Buffer.from('three\n'), 0o600);
    t.equal(files.findMoved(path, first.device, first.inode)?.size_bytes, 10, 'and can be completed');
    t.equal(files.findMoved(path, first.device, '0'), undefined);
    t.equal(files.findMoved(path, 'none', first.inode), undefined);
  });
}
