/** Sockets of extensions and managers for tests: real ones, in a private directory of each test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type {
  CallBounds,
  CallFailure,
  Reply,
  RowBounds,
  RowStream,
  ServeOptions,
} from '../../platform/extension-wire.ts';
import { nodeClock } from '../../platform/node/clock.ts';
import { createExtensionServing } from '../../platform/node/thrift/serve-extension.ts';
import type { UnixServer } from '../../platform/unix-socket.ts';
import type { ExtensionStatus, WireRow } from '../../protocol/extension/types.ts';
import { controlLimits, rowLimits } from '../../protocol/extension/wire-limits.ts';
import type { Result } from '../../protocol/result.ts';

/** A directory that goes with the test. */
export const scratch = (t: Test): string => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-extension-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

export const pong: Reply = {
  kind: 'answer',
  answer: { method: 'ping', value: { code: 0, message: 'pong', uuid: 0 } },
};

/** Serves a socket; answers `pong` unless told otherwise. */
export const serving = async (
  t: Test,
  path: string,
  options: Partial<ServeOptions> = {},
): Promise<UnixServer> => {
  const server = await createExtensionServing(nodeClock).serve({
    path,
    directory: 'private',
    limits: controlLimits,
    maxConnections: 8,
    idle_ms: 60_000,
    message_ms: 60_000,
    pace_bytes_per_s: 1e12,
    answer: async () => pong,
    hungUp: () => {},
    ...options,
  });
  if (!server.ok) throw new Error(server.error.message);
  t.teardown(() => server.value.close());
  return server.value;
};

/** A socket whose every connection is handed to `serve`: a peer of the test's own making. */
export const peer = (t: Test, path: string, serve: (socket: Socket) => void): Promise<void> =>
  new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      serve(socket);
    });
    const open = new Set<Socket>();
    server.on('connection', (socket) => open.add(socket));
    t.teardown(() => {
      for (const socket of open) socket.destroy();
      server.close();
    });
    server.listen(path, () => resolve());
  });

export const callBounds: CallBounds = { deadline_ms: 20_000, limits: controlLimits };

export const rowBounds = (rows: number, answer_bytes: number, binary: readonly string[] = []): RowBounds => ({
  deadline_ms: 20_000,
  over: new AbortController().signal,
  received: () => {},
  limits: rowLimits(rows, answer_bytes),
  binary: new Set(binary),
});

/** All rows of a stream, in how many batches, and how it ended. */
export const collect = async (
  stream: RowStream,
): Promise<{
  readonly rows: readonly WireRow[];
  readonly batches: number;
  readonly end: Result<ExtensionStatus, CallFailure>;
}> => {
  const rows: WireRow[] = [];
  for (let batches = 0; ; batches += 1) {
    const next = await stream.next();
    if (next.done === true) return { rows, batches, end: next.value };
    rows.push(...next.value);
  }
};
