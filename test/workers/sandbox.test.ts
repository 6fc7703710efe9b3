import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { workerFlags } from '../../platform/node/worker-flags.ts';
import { workerProfiles } from '../../protocol/worker-profile.ts';

const root = join(import.meta.dirname, '../..');
const probe = join(root, 'test/fixtures/sandbox-probe.ts');
/** What a worker of profile `net` may do, and no other. */
const sockets: ReadonlySet<string> = new Set([
  'tcp_connect',
  'tcp_listen',
  'unix_connect',
  'unix_listen',
  'udp',
  'http',
]);
const addon = join(root, `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`);

t.test(
  'a process with a worker’s flags can read, open sockets if it is of profile net, and nothing else',
  async (t) => {
    const scratch = scratchFolder(t);
    const socketPath = join(scratch, 'listening.sock');
    const peers = [createHttpServer((_, response) => response.end()), createServer()] as const;
    t.teardown(() => {
      for (const peer of peers) peer.close();
    });
    peers[0].listen(0, '127.0.0.1');
    peers[1].listen(socketPath);
    await Promise.all(peers.map((peer) => once(peer, 'listening')));
    const address = peers[0].address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const args = [scratch, addon, socketPath, String(port)];

    const free = await run([], args.with(0, scratchFolder(t)));
    for (const [name, outcome] of Object.entries(free)) {
      t.equal(outcome, 'succeeded', `${name} works where nothing holds it back`);
    }

    for (const profile of workerProfiles) {
      const held = scratchFolder(t);
      const {
        read_file,
        evaluate,
        addon: loaded,
        ...others
      } = await run(workerFlags({ oldSpace_mb: 128, profile }), args.with(0, held));
      t.equal(read_file, 'succeeded');
      t.equal(evaluate, 'EvalError');
      t.equal(loaded, 'ERR_DLOPEN_DISABLED');
      t.ok(Object.keys(others).length > 15);
      for (const [name, outcome] of Object.entries(others)) {
        const allowed = profile === 'net' && sockets.has(name);
        t.equal(
          outcome,
          allowed ? 'succeeded' : 'ERR_ACCESS_DENIED',
          `${name} in a worker of profile ${profile}`,
        );
      }
      t.equal(existsSync(join(held, 'written')), false);
      t.equal(readFileSync(join(held, 'existing'), 'utf8'), 'content');
    }
  },
);

/** A folder with a short path: that of a socket may have 107 bytes. */
function scratchFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'leash-sandbox-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'existing'), 'content');
  return folder;
}

async function run(flags: readonly string[], args: readonly string[]): Promise<Record<string, string>> {
  const child = spawn(process.execPath, [...flags, probe, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await once(child, 'close');
  return JSON.parse(output) as Record<string, string>;
}
