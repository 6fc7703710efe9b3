import { lstatSync, mkdirSync, rmSync, type Stats } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type {
  SocketDirectory,
  SocketFailure,
  UnixConnection,
  UnixConnectionListener,
  UnixServer,
} from '../unix-socket.ts';

/** `sun_path` holds 108 bytes with its final NUL (unix(7)); libuv would cut a longer path without a word. */
export const maxSocketPath_bytes = 107;

const anyoneElse = 0o077;
const othersWrite = 0o022;

/**
 * Connects to a socket of this machine. Resolves when the peer's kernel has accepted; `listener` is not called
 * before that, and never after a failure.
 */
export const connectUnix = (
  path: string,
  listener: UnixConnectionListener,
): Promise<Result<UnixConnection, SocketFailure>> => {
  const short = checkLength(path);
  if (!short.ok) return Promise.resolve(short);
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    const refused = (error: Error): void => resolve(fail(connectFailure(path, error)));
    socket.once('error', refused);
    socket.once('connect', () => {
      socket.off('error', refused);
      resolve(ok(attach(socket, () => listener)));
    });
  });
};

/**
 * Listens on a socket that its owner alone may use: 0600, in a directory that is made (0700) when it is missing. A socket that nobody listens on any more is replaced; anything else in its place is left alone and reported.
 */
export const listenUnix = async (
  path: string,
  onConnection: (connection: UnixConnection) => UnixConnectionListener,
  kind: SocketDirectory = 'private',
): Promise<Result<UnixServer, SocketFailure>> => {
  const short = checkLength(path);
  if (!short.ok) return short;
  const directory = checkedDirectory(dirname(path), kind);
  if (!directory.ok) return directory;
  const free = await clearStale(path);
  if (!free.ok) return free;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    attach(socket, onConnection);
  });
  const listening = await bind(server, path);
  if (!listening.ok) return listening;
  return ok({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  });
};

const attach = (
  socket: Socket,
  listenerOf: (connection: UnixConnection) => UnixConnectionListener,
): UnixConnection => {
  const connection: UnixConnection = {
    write: (bytes) => socket.writable && socket.write(bytes),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
  };
  const listener = listenerOf(connection);
  socket.on('data', (bytes: Buffer) => listener.received(bytes));
  socket.on('drain', () => listener.drained());
  // A peer that went away shows as EPIPE or ECONNRESET here; `close` follows and tells it.
  socket.on('error', () => undefined);
  socket.on('close', () => listener.closed());
  return connection;
};

/** The socket is made inside `listen`, with the umask's rights: a chmod afterwards would leave a gap. */
const bind = (server: Server, path: string): Promise<Result<void, SocketFailure>> =>
  new Promise((resolve) => {
    server.once('error', (error) => resolve(fail(listenFailure(path, error))));
    const usual = process.umask(anyoneElse | 0o100);
    try {
      server.listen(path, () => resolve(ok(undefined)));
    } finally {
      process.umask(usual);
    }
  });

const checkedDirectory = (directory: string, kind: SocketDirectory): Result<void, SocketFailure> => {
  if (kind === 'given') return ok(undefined);
  let stat: Stats;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    stat = lstatSync(directory);
  } catch (error) {
    return fail(listenFailure(directory, error));
  }
  const uid = process.getuid?.();
  const [forbidden, required] = kind === 'private' ? [anyoneElse, '0700'] : [othersWrite, '0755'];
  const ours = stat.uid === uid || (kind === 'guarded' && stat.uid === 0);
  if (stat.isDirectory() && ours && (stat.mode & forbidden) === 0) return ok(undefined);
  const mode = `0${(stat.mode & 0o7777).toString(8)}`;
  return fail({
    reason: 'unsafe_permissions',
    message: `the socket's directory ${directory} must be a directory of uid ${uid} with mode ${required}${kind === 'guarded' ? ' or less' : ''}; it belongs to uid ${stat.uid} and has mode ${mode}. Run: chmod ${required.slice(1)} ${directory}, or name a socket in a ${kind} directory.`,
  });
};

/** Removes the socket of a process that is gone. */
const clearStale = async (path: string): Promise<Result<void, SocketFailure>> => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return ok(undefined);
  if (!stat.isSocket()) {
    return fail({ reason: 'in_use', message: `${path} exists and is no socket. Move it away.` });
  }
  const peer = await connectUnix(path, { received: () => {}, drained: () => {}, closed: () => {} });
  if (peer.ok) {
    peer.value.end();
    return fail({ reason: 'in_use', message: `${path} is in use by another process. Stop that one first.` });
  }
  if (peer.error.reason !== 'no_listener') return peer;
  rmSync(path, { force: true });
  return ok(undefined);
};

const checkLength = (path: string): Result<void, SocketFailure> => {
  const length = Buffer.byteLength(path);
  if (length <= maxSocketPath_bytes) return ok(undefined);
  return fail({
    reason: 'path_too_long',
    message: `the socket path ${path} has ${length} bytes, Linux takes ${maxSocketPath_bytes} at most. Name a shorter one.`,
  });
};

const connectFailure = (path: string, error: unknown): SocketFailure => {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') {
    return { reason: 'no_listener', message: `nobody listens on ${path}.` };
  }
  return ioFailure(path, error, 'use');
};

const listenFailure = (path: string, error: unknown): SocketFailure => {
  if (codeOf(error) === 'EADDRINUSE') return { reason: 'in_use', message: `${path} is in use.` };
  return ioFailure(path, error, 'make');
};

const ioFailure = (path: string, error: unknown, verb: string): SocketFailure => {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM') {
    return { reason: 'permission_denied', message: `this user may not ${verb} ${path}.` };
  }
  return { reason: 'io', message: `${path}: ${error instanceof Error ? error.message : String(error)}.` };
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
