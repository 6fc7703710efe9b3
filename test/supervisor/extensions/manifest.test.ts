/** A JavaScript extension with a manifest beside it, as a real process. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { nodeProgramHost } from '../../../platform/node/extension-files/program-host.ts';
import { checkExtension } from '../../../supervisor/extensions/open-checked.ts';
import { startManager } from '../../extensions/manager-harness.ts';
import { ExtensionProcess } from '../../extensions/sdk/extension-process.ts';
import { scratch } from '../../extensions/sockets.ts';
import { repositoryRoot } from '../../system/daemon-harness.ts';
import { Ground, groundOf } from './ground.ts';
import { whyNoNodeExtension } from './own-node.ts';

const all = groundOf(t);
const uid = process.getuid?.() ?? 0;
const rules = { uid, nameRule: true, allowUnsafe: false };

/** Tries what its arguments name and tells how it went; `serve` comes from the built library. */
const probe = (elsewhere: string, outside: string): string => `#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import { defineTable, serve, text } from './sdk.js';

const connected = async (to) => { const socket = connect(to); await once(socket, 'connect'); socket.destroy(); };
let daemon;
const tries = {
  query: async () => { const answer = await daemon.query('SELECT 1'); if (!answer.ok) throw new Error(answer.error.message); },
  read_own: async () => readFileSync(import.meta.filename),
  read_outside: async () => readFileSync(${JSON.stringify(outside)}),
  write_own: async () => writeFileSync(import.meta.dirname + '/written', 'x'),
  write_named: async () => writeFileSync(import.meta.dirname + '/data/written', 'x'),
  socket_elsewhere: () => connected(${JSON.stringify(elsewhere)}),
  tcp: () => connected({ port: 1, host: '127.0.0.1' }),
  udp: async () => { const socket = createSocket('udp4'); socket.bind(0); await once(socket, 'listening'); socket.close(); },
  listen: async () => { const server = createServer(); server.listen(0); await once(server, 'listening'); server.close(); },
  program: async () => { const { error } = spawnSync('/bin/true'); if (error) throw error; },
  thread: async () => { const worker = new Worker('', { eval: true }); await once(worker, 'exit'); },
};
const table = defineTable({
  name: 'probe',
  description: 'What works.',
  columns: { tried: text(), how: text() },
  async *generate() {
    for (const [tried, attempt] of Object.entries(tries)) {
      try { await attempt(); yield { tried, how: 'done' }; } catch (error) { yield { tried, how: error.code ?? error.message }; }
    }
  },
});
await serve({ name: 'probe', version: '1', plugins: [table], started: (it) => { daemon = it; } });
`;

/** A directory with the extension, and its manifest if it has one. */
const make = (t: Test, name: string, manifest: object | string | undefined, elsewhere = ''): Ground => {
  const ground = new Ground(all.at(name));
  ground.directory('data');
  ground.text('sdk.js', readFileSync(join(repositoryRoot, 'dist/extension.js')), 0o644);
  ground.text('package.json', '{"type":"module"}', 0o644);
  ground.text('probe.mjs', probe(elsewhere, join(all.root, 'outside')));
  ground.link('probe.ext', 'probe.mjs');
  if (manifest !== undefined) {
    const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
    ground.text('probe.leash.json', text, 0o644);
  }
  t.teardown(() => ground.remove());
  return ground;
};

/** What is wrong with it; what may be wrong with interpreters of this host is another matter. */
const refusals = (ground: Ground, some: object = {}): readonly string[] =>
  checkExtension(nodeProgramHost, ground.at('probe.ext'), { ...rules, ...some })
    .judgement.refusals.filter(({ component }) => component.startsWith(ground.root))
    .map(({ rule, component }) => `${rule} ${ground.short(component)}`);

/** What the table tells, by what was tried. */
const outcomes = async (t: Test, ground: Ground): Promise<Readonly<Record<string, unknown>>> => {
  const manager = await startManager(t);
  const extension = await ExtensionProcess.startChecked(t, manager, ground.at('probe.ext'));
  const { rows, status } = await extension.rows('probe');
  t.match(status, { code: 0 });
  await manager.heard('extensions', 2);
  extension.child.kill('SIGTERM');
  const { errors } = await extension.ended();
  t.match(
    JSON.parse(errors),
    { signal: 'SIGKILL' },
    'it asked for its registration, and lived until it was ended',
  );
  return Object.fromEntries(rows.map((row) => [row.get('tried'), row.get('how')]));
};

all.text('outside', 'secret', 0o644);
const skip = whyNoNodeExtension() ?? false;

const listener = async (t: Test): Promise<string> => {
  const path = join(scratch(t), 'elsewhere');
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  t.teardown(() => server.close());
  return path;
};

const denied = 'ERR_ACCESS_DENIED';

t.test('nothing but its own directory and its sockets', { skip }, async (t) => {
  const ground = make(t, 'closed', {}, await listener(t));
  t.strictSame(await outcomes(t, ground), {
    query: 'done',
    read_own: 'done',
    read_outside: denied,
    write_own: denied,
    write_named: denied,
    socket_elsewhere: denied,
    tcp: denied,
    udp: denied,
    listen: denied,
    program: denied,
    thread: denied,
  });
});

t.test('what a manifest names, and no more', { skip }, async (t) => {
  const manifest = { read: ['../outside'], write: ['data'], net: true, childProcess: true };
  const ground = make(t, 'open', manifest, await listener(t));
  t.strictSame(await outcomes(t, ground), {
    query: 'done',
    read_own: 'done',
    read_outside: 'done',
    write_own: denied,
    write_named: 'done',
    socket_elsewhere: 'done',
    tcp: 'ECONNREFUSED',
    udp: 'done',
    listen: 'done',
    program: 'done',
    thread: denied,
  });
});

t.test('without a manifest nothing is denied', async (t) => {
  const how = await outcomes(t, make(t, 'free', undefined, await listener(t)));
  t.match(how, { read_outside: 'done', write_own: 'done', socket_elsewhere: 'done', thread: 'done' });
});

t.test('a manifest that others may write, or that is none, keeps the extension from starting', async (t) => {
  const judged = (name: string, manifest: object | string, arrange?: (ground: Ground) => void, some = {}) => {
    const ground = make(t, name, manifest);
    arrange?.(ground);
    return refusals(ground, some);
  };
  t.strictSame(judged('good', {}), []);
  t.strictSame(judged('json', '{'), ['manifest probe.leash.json']);
  t.strictSame(judged('member', { reads: ['/'] }), ['manifest probe.leash.json']);
  t.strictSame(judged('large', `{"read":["${'/'.repeat(70_000)}"]}`), ['manifest probe.leash.json']);
  const loose = (ground: Ground): void => ground.run('chmod', 'a+w', ground.at('probe.leash.json'));
  t.strictSame(judged('loose', {}, loose), ['mode probe.leash.json']);
  t.strictSame(judged('forgiven', {}, loose, { allowUnsafe: true }), []);
  const dangling = (ground: Ground): void => {
    ground.run('rm', ground.at('probe.leash.json'));
    ground.link('probe.leash.json', 'nothing');
  };
  t.match(judged('dangling', {}, dangling), ['reached nothing']);
  const folder = (ground: Ground): void => {
    ground.run('rm', ground.at('probe.leash.json'));
    ground.directory('probe.leash.json');
  };
  t.match(judged('folder', {}, folder), ['kind probe.leash.json']);
});
