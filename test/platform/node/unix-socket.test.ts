import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { connectUnix, listenUnix, maxSocketPath_bytes } from '../../../platform/node/unix-socket.ts';
import type { UnixConnection, UnixConnectionListener } from '../../../platform/unix-socket.ts';

const silent: UnixConnectionListener = { received: () => {}, drained: () => {}, closed: () => {} };

const scratch = (t: Test): string => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-socket-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

const listening = async (
  t: Test,
  path: string,
  onConnection: (c: UnixConnection) => UnixConnectionListener = () => silent,
) => {
  const server = await listenUnix(path, onConnection);
  if (!server.ok) throw new Error(server.error.message);
  t.teardown(() => server.value.close());
  return server.value;
};

/** Leaves the socket of a process that was killed. */
const leaveStaleSocket = (path: string): void => {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script], { env: {} });
};

t.test('the socket is for its owner alone, whatever the umask', async (t) => {
  const directory = join(scratch(t), 'made');
  const path = join(directory, 'control.sock');
  const usual = process.umask(0);
  t.teardown(() => process.umask(usual));
  const server = await listening(t, path);
  t.equal(process.umask(), 0, 'the umask is as before');
  t.equal(statSync(directory).mode & 0o777, 0o700);
  t.equal(statSync(path).mode & 0o777, 0o600);
  await server.close();
  t.notOk(existsSync(path), 'closing removes it');
});

t.test('a directory that others may enter is refused', async (t) => {
  const directory = scratch(t);
  for (const mode of [0o777, 0o750, 0o701]) {
    chmodSync(directory, mode);
    t.match(
      await listenUnix(join(directory, 'control.sock'), () => silent),
      { ok: false, error: { reason: 'unsafe_permissions', message: /chmod 700/ } },
      mode.toString(8),
    );
  }
  chmodSync(directory, 0o700);
  const link = join(directory, 'link');
  mkdirSync(join(directory, 'real'), { mode: 0o700 });
  symlinkSync('real', link);
  t.match(
    await listenUnix(join(link, 'control.sock'), () => silent),
    { ok: false },
    'a link is no directory of ours',
  );
});

t.test('a guarded directory may be entered by others, but not written', async (t) => {
  const directory = scratch(t);
  const path = join(directory, 'em');
  for (const [mode, allowed] of [
    [0o755, true],
    [0o711, true],
    [0o775, false],
    [0o757, false],
  ] as const) {
    chmodSync(directory, mode);
    const server = await listenUnix(path, () => silent, 'guarded');
    t.equal(server.ok, allowed, mode.toString(8));
    if (!server.ok) continue;
    t.equal(statSync(path).mode & 0o777, 0o600, 'the socket itself is private');
    await server.value.close();
  }
});

t.test('a directory that somebody else answers for is taken as it is, and never made', async (t) => {
  const directory = scratch(t);
  chmodSync(directory, 0o1777);
  const path = join(directory, 'em.1');
  const server = await listenUnix(path, () => silent, 'given');
  t.match(server, { ok: true });
  t.equal(statSync(path).mode & 0o777, 0o600);
  if (server.ok) await server.value.close();
  t.match(await listenUnix(join(directory, 'missing/em.1'), () => silent, 'given'), { ok: false });
});

t.test('a stale socket is replaced, a living one and a file are not', async (t) => {
  const directory = scratch(t);
  const path = join(directory, 'control.sock');
  leaveStaleSocket(path);
  t.ok(statSync(path).isSocket());
  t.match(await connectUnix(path, silent), { ok: false, error: { reason: 'no_listener' } });
  await listening(t, path);
  t.match(await listenUnix(path, () => silent), {
    ok: false,
    error: { reason: 'in_use', message: /another process/ },
  });
  const file = join(directory, 'file');
  writeFileSync(file, 'precious');
  t.match(await listenUnix(file, () => silent), {
    ok: false,
    error: { reason: 'in_use', message: /no socket/ },
  });
  t.ok(existsSync(file));
});

t.test('paths that Linux would cut are refused on both sides', async (t) => {
  const directory = scratch(t);
  const fill = maxSocketPath_bytes - directory.length - 1;
  const longest = join(directory, 'x'.repeat(fill));
  t.equal(longest.length, 107);
  await listening(t, longest);
  t.ok(existsSync(longest));
  for (const attempt of [connectUnix(`${longest}x`, silent), listenUnix(`${longest}x`, () => silent)]) {
    t.match(await attempt, { ok: false, error: { reason: 'path_too_long', message: /108 bytes/ } });
  }
  t.match(
    await connectUnix(join(directory, 'ä'.repeat(fill)), silent),
    { ok: false, error: { reason: 'path_too_long' } },
    'bytes count, not characters',
  );
});

t.test('bytes both ways, back-pressure, and who hangs up', async (t) => {
  const path = join(scratch(t), 'control.sock');
  const total = 4 * 2 ** 20;
  let received = 0;
  let drains = 0;
  let serverClosed: () => void = () => {};
  const gone = new Promise<void>((resolve) => {
    serverClosed = resolve;
  });
  await listening(t, path, (connection) => ({
    received: (bytes) => {
      received += bytes.length;
      if (received === total) connection.write(Buffer.from('all'));
    },
    drained: () => {},
    closed: serverClosed,
  }));
  let answered: (text: string) => void = () => {};
  const answer = new Promise<string>((resolve) => {
    answered = resolve;
  });
  const client = await connectUnix(path, {
    received: (bytes) => answered(bytes.toString()),
    drained: () => {
      drains += 1;
    },
    closed: () => {},
  });
  if (!client.ok) throw new Error(client.error.message);
  t.equal(client.value.write(Buffer.alloc(total)), false, 'the kernel does not take so much at once');
  t.equal(await answer, 'all');
  t.equal(drains, 1);
  client.value.end();
  await gone;
  t.equal(client.value.write(Buffer.from('late')), false);
});

t.test('closing the server hangs up on its clients', async (t) => {
  const path = join(scratch(t), 'control.sock');
  const server = await listening(t, path);
  let closed: () => void = () => {};
  const gone = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const client = await connectUnix(path, { ...silent, closed });
  t.ok(client.ok);
  await server.close();
  await gone;
  t.match(await connectUnix(path, silent), { ok: false, error: { reason: 'no_listener' } });
});

const needsRoot = process.getuid?.() === 0 ? false : 'needs root to become another user';

t.test("another user's socket", { skip: needsRoot }, async (t) => {
  const directory = scratch(t);
  const path = join(directory, 'control.sock');
  await listening(t, path);
  chmodSync(directory, 0o755);
  process.seteuid?.(65534);
  try {
    const attempt = await connectUnix(path, silent);
    t.match(attempt, { ok: false, error: { reason: 'permission_denied' } });
  } finally {
    process.seteuid?.(0);
  }
});
