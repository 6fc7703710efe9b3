import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import t from 'tap';
import { createHostFiles, type HostFilesOptions } from '../../../../platform/node/host-files/door.ts';

const options: HostFilesOptions = {
  root: '/',
  readMax_bytes: 1e5,
  budget: { read_bytes: 1e9, paths: 1e9 },
};

/** Where the door looks, and what it may find there instead. */
const makeFiles = (
  directory: string,
): { readonly target: string; readonly regular: string; readonly fifo: string } => {
  const at = (name: string): string => join(directory, name);
  fs.writeFileSync(at('regular'), 'regular');
  fs.writeFileSync(at('other'), 'other');
  execFileSync('mkfifo', [at('fifo')]);
  fs.symlinkSync('fifo', at('link'));
  fs.linkSync(at('regular'), at('target'));
  return { target: at('target'), regular: at('regular'), fifo: at('fifo') };
};

t.test('what is swapped between stat and open is noticed', async (t) => {
  const directory = t.testdir();
  const { target } = makeFiles(directory);
  let swap = (): void => undefined;
  // The real door over the real file system; only the moment of the swap is arranged.
  const { openSync } = fs;
  const opensWith = (open: typeof openSync): void => {
    fs.openSync = open;
    syncBuiltinESMExports();
  };
  t.teardown(() => opensWith(openSync));
  opensWith((...args) => {
    swap();
    return openSync(...args);
  });
  const read = (): { readonly text: string | undefined; readonly refused: number } => {
    const door = createHostFiles(options);
    return { text: door.readText(target), refused: door.usage().refused_reads };
  };
  const descriptors = fs.readdirSync('/proc/self/fd').length;
  t.strictSame(read(), { text: 'regular', refused: 0 });
  for (const name of ['fifo', 'link', 'other']) {
    swap = () => {
      fs.rmSync(target);
      if (name === 'link') fs.symlinkSync('fifo', target);
      else fs.linkSync(join(directory, name), target);
    };
    t.strictSame(read(), { text: undefined, refused: 1 }, name);
    fs.rmSync(target);
    fs.linkSync(join(directory, 'regular'), target);
  }
  swap = () => {
    fs.rmSync(target);
    fs.mkdirSync(target);
  };
  t.strictSame(read(), { text: undefined, refused: 1 }, 'a directory');
  fs.rmdirSync(target);
  fs.linkSync(join(directory, 'regular'), target);
  swap = () => fs.rmSync(target);
  t.strictSame(read(), { text: undefined, refused: 0 }, 'gone');
  t.equal(fs.readdirSync('/proc/self/fd').length, descriptors, 'what was opened is closed again');
});

/** Puts the FIFO and the file in the target's place in turns, by rename(2), until it is killed. */
const swapper = `
const { linkSync, renameSync } = require('node:fs');
const [target, regular, fifo] = process.argv.slice(1);
process.stdout.write('begun');
for (;;) for (const next of [fifo, regular]) {
  linkSync(next, target + '.next');
  renameSync(target + '.next', target);
}`;

t.test('another process that swaps the file all the time never gets a FIFO read', async (t) => {
  const { target, regular, fifo } = makeFiles(t.testdir());
  const other = spawn(process.execPath, ['-e', swapper, target, regular, fifo], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(other, 'exit');
  const seen = { regular: 0, refused: 0, else: 0 };
  try {
    await once(other.stdout, 'data');
    const door = createHostFiles(options);
    for (let count = 0; count < 20_000; count += 1) {
      const text = door.readText(target);
      seen[text === 'regular' ? 'regular' : text === undefined ? 'refused' : 'else'] += 1;
    }
  } finally {
    // Before the directory is taken away: what is made in it meanwhile would keep it there.
    other.kill('SIGKILL');
    await ended;
  }
  t.equal(seen.else, 0, 'without a writer, a FIFO reads as an empty text');
  t.ok(seen.regular > 0 && seen.refused > 0, `${seen.regular} read, ${seen.refused} refused`);
});
