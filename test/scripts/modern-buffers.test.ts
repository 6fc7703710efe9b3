import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import t, { type Test } from 'tap';
import { modernBuffers } from '../../scripts/modern-buffers.ts';
import { cleanEnv } from '../system/daemon-harness.ts';

const root = join(import.meta.dirname, '../..');

/** Bundles a program that writes and reads a message, and runs it. */
const run = async (t: Test, plugins: readonly (typeof modernBuffers)[]) => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-bundle-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const contents = `
    import { encodeCall, readCall } from './platform/node/thrift/calls.ts';
    import { WireReader } from './platform/node/thrift/wire-reader.ts';
    const reader = new WireReader(encodeCall({ method: 'deregisterExtension', uuid: 4711 }, 1));
    const { name } = reader.head();
    process.stdout.write(String(readCall(name, reader)?.uuid));`;
  const outfile = join(directory, 'bundle.cjs');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    plugins: [...plugins],
  });
  writeFileSync(outfile, outputFiles[0]?.contents ?? '');
  return spawnSync(process.execPath, [outfile], { env: cleanEnv(), encoding: 'utf8' });
};

t.test('a bundle with thrift in it does not warn of its buffers', async (t) => {
  const bundled = await run(t, [modernBuffers]);
  t.strictSame([bundled.status, bundled.stdout, bundled.stderr], [0, '4711', '']);
});

t.test('without the replacement it does: the day this fails the replacement can go', async (t) => {
  const bundled = await run(t, []);
  t.match([bundled.status, bundled.stdout, bundled.stderr], [0, '4711', /DEP0005/]);
});
