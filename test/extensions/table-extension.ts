/**
 * An extension that needs nothing but our Node: serves tables on a socket as it is told by its standard input, a `DoubleSpec` in
 * JSON, and says on standard output, one JSON a line, `{"serving": true}`, then `{"called": [table, request]}` and
 * `{"open": n}` with the connections that are open, `{"marked": true}` at SIGUSR2. Registering is left to others.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeAnswer } from '../../platform/node/thrift/answers.ts';
import { readCall } from '../../platform/node/thrift/calls.ts';
import { MessageScanner } from '../../platform/node/thrift/message-scanner.ts';
import { WireReader } from '../../platform/node/thrift/wire-reader.ts';
import type { ManagerCall } from '../../protocol/extension/calls.ts';
import type { PluginRequest } from '../../protocol/extension/types.ts';
import { controlLimits } from '../../protocol/extension/wire-limits.ts';
import {
  type Conduct,
  type DoubleSpec,
  type DoubleValue,
  encodeFailure,
  encodeRow,
  encodeRows,
  end,
  filtered,
  front,
  wireValue,
} from './table-conduct.ts';

const spec = JSON.parse(readFileSync(0, 'utf8')) as DoubleSpec;
const limits = { ...controlLimits, message_bytes: 1 << 26, string_bytes: 1 << 26 };
/** Rows of tables that store, by table and row id. */
const stored = new Map<string, Map<string, Record<string, string>>>();
/** Answers that are always the same: a client of ours has one call a connection, of one sequence id. */
const answers = new Map<string, Buffer>();
let nextRowid = 1;
let open = 0;
const waiting: Socket[] = [];

const say = (what: Readonly<Record<string, unknown>>): void =>
  void process.stdout.write(`${JSON.stringify(what)}\n`);

/** Writes as fast as it is taken; false when the peer is gone. */
const write = async (socket: Socket, bytes: Buffer): Promise<boolean> => {
  if (socket.destroyed) return false;
  if (!socket.write(bytes)) {
    await new Promise((resolve) => {
      socket.once('drain', resolve);
      socket.once('close', resolve);
    });
  }
  return !socket.destroyed;
};

const counted = (from: number, to: number): Buffer =>
  Buffer.concat(
    Array.from({ length: to - from }, (_, index) =>
      encodeRow({ n: String(from + index), text: `row ${from + index}` }),
    ),
  );

const stream = async (socket: Socket, count: number, sequenceId: number): Promise<void> => {
  await write(socket, front(count, sequenceId));
  const step = 500;
  for (let from = 0; from < count; from += step) {
    if (!(await write(socket, counted(from, Math.min(count, from + step))))) return;
  }
  await write(socket, end);
};

const encoded = (rows: readonly Readonly<Record<string, DoubleValue>>[], sequenceId: number): Buffer =>
  encodeRows(
    rows.map((row) => new Map(Object.entries(row).map(([name, value]) => [name, wireValue(value)]))),
    sequenceId,
  );

const generate = async (
  socket: Socket,
  table: string,
  conduct: Conduct,
  request: PluginRequest,
  sequenceId: number,
): Promise<void> => {
  switch (conduct.does) {
    case 'rows': {
      const answer = answers.get(table) ?? encoded(conduct.rows, sequenceId);
      answers.set(table, answer);
      return void (await write(socket, answer));
    }
    case 'filters':
      return void (await write(socket, encoded(filtered(conduct.rows, request), sequenceId)));
    case 'stores': {
      const rows = [...(stored.get(table) ?? [])].map(
        ([rowid, row]) => new Map(Object.entries({ rowid, ...row })),
      );
      return void (await write(socket, encodeRows(rows, sequenceId)));
    }
    case 'counts':
      return stream(socket, conduct.count, sequenceId);
    case 'fails':
      return void (await write(socket, encodeFailure(conduct.code, conduct.message, sequenceId)));
    case 'hangs':
      return;
    case 'drips': {
      await write(socket, front(1_000_000, sequenceId));
      for (let row = 0; await write(socket, counted(row, row + 1)); row += 1) await delay(20);
      return;
    }
    case 'dies':
      return process.exit(1);
    case 'dies_mid_row': {
      const rows = counted(0, 10);
      await write(socket, Buffer.concat([front(100, sequenceId), rows.subarray(0, rows.length - 3)]));
      return process.exit(1);
    }
    case 'garbage':
      return void (await write(socket, randomBytes(4096)));
    case 'rows_of_text':
      return void (await write(socket, Buffer.concat([front(1, sequenceId, 11), Buffer.alloc(4), end])));
  }
};

/** Text `frozen`, `taken` and `broken` are refused, each in its own way. */
const store = (table: string, request: PluginRequest): Record<string, string> => {
  const rows = stored.get(table) ?? new Map<string, Record<string, string>>();
  stored.set(table, rows);
  const id = request.get('id') ?? String(nextRowid++);
  if (request.get('action') === 'delete') {
    rows.delete(id);
    return { status: 'success' };
  }
  const values = JSON.parse(request.get('json_value_array') ?? '[]') as (string | number | null)[];
  const [name, size, text] = values.map((value) => (value === null ? '' : String(value)));
  if (text === 'frozen') return { status: 'readonly' };
  if (text === 'taken') return { status: 'constraint', message: 'that text is taken' };
  if (text === 'broken') return { status: 'failure', message: 'the disk is full' };
  if (text === 'confused') return { status: 'perhaps' };
  rows.delete(id);
  rows.set(request.get('new_id') ?? id, { name: name ?? '', size: size ?? '', text: text ?? '' });
  return { status: 'success', id };
};

const answer = async (socket: Socket, call: ManagerCall, sequenceId: number): Promise<void> => {
  if (call.method !== 'call') {
    const pong = { method: 'ping', value: { code: 0, message: 'pong', uuid: 0 } } as const;
    if (!spec.silent) await write(socket, encodeAnswer(pong, sequenceId));
    return;
  }
  say({ called: [call.item, Object.fromEntries(call.request)] });
  const conduct = spec.tables[call.item];
  const action = call.request.get('action');
  if (conduct === undefined) await write(socket, encodeFailure(1, 'no such table', sequenceId));
  else if (action === 'generate') await generate(socket, call.item, conduct, call.request, sequenceId);
  else await write(socket, encodeRows([new Map(Object.entries(store(call.item, call.request)))], sequenceId));
};

const serve = (socket: Socket): void => {
  const scanner = new MessageScanner(limits);
  open += 1;
  say({ open });
  socket.on('error', () => {});
  socket.on('close', () => {
    open -= 1;
    say({ open });
    const next = waiting.shift();
    if (next !== undefined) serve(next);
  });
  let last: Promise<void> = Promise.resolve();
  socket.on('data', (bytes) => {
    scanner.push(bytes as Buffer);
    for (let found = scanner.next(); found.ok && found.value !== undefined; found = scanner.next()) {
      const reader = new WireReader(Buffer.from(scanner.window.slice(scanner.messageStart, found.value)));
      const { name, sequenceId } = reader.head();
      const call = readCall(name, reader);
      scanner.finish();
      if (call === undefined) continue;
      last = last.then(() => answer(socket, call, sequenceId));
      if (spec.closes) last = last.then(() => void socket.end());
    }
  });
};

const server = createServer({ pauseOnConnect: false }, (socket) => {
  if (spec.oneAtATime && open > 0) waiting.push(socket);
  else serve(socket);
});
process.on('SIGUSR2', () => say({ marked: true }));
server.listen(spec.path, () => say({ serving: true }));
