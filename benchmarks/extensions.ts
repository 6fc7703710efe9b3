/**
 * What does it cost to ask an extension? The same 10,000 rows of 10 columns from an extension's table, by a process of
 * its own over a Unix socket, and from a built-in table; the floor is the same answer read from the socket and thrown
 * away, and a ping with nothing but its bytes. The extension has its answer ready: what it costs to make one is its own
 * affair. In turns, in one process.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeClock } from '../platform/node/clock.ts';
import { encodeAnswer } from '../platform/node/thrift/answers.ts';
import { encodeCall } from '../platform/node/thrift/calls.ts';
import { createExtensionClient } from '../platform/node/thrift/extension-client.ts';
import type { ManagerCall } from '../protocol/extension/calls.ts';
import { writeContext } from '../protocol/extension/generate-context.ts';
import { generateRequest } from '../protocol/extension/plugin-calls.ts';
import { controlLimits } from '../protocol/extension/wire-limits.ts';
import { defineTable, integer, text } from '../protocol/table.ts';
import { type DoubleSpec, encodeRows } from '../test/extensions/table-conduct.ts';
import { Engine } from '../workers/engine/engine.ts';
import { openNetwork } from '../workers/host/network.ts';
import { engineMemoryMax_bytes, runStatement, runWaitingStatement } from './engine-statements.ts';
import { median, quantile } from './statistics.ts';

const rows = 10_000;
const rounds = 21;
const pings = 2_000;
const table = 'things';

const columns = {
  id: integer(),
  size: integer(),
  ...Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`text_${index}`, text()])),
};
const data = Array.from({ length: rows }, (_, row) => ({
  id: row,
  size: row * 7,
  ...Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`text_${index}`, `value ${row % 1000}`])),
}));
const onTheWire = data.map((row) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])),
);
const declared = Object.entries(columns).map(([name, column]) => ({ name, column }));

const directory = mkdtempSync(join(tmpdir(), 'leash-extensions-'));
const path = join(directory, 'em.1');
const spec: DoubleSpec = { path, tables: { [table]: { does: 'rows', rows: onTheWire } } };
const script = join(import.meta.dirname, '../test/extensions/table-extension.ts');
const extension = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
extension.stdin.end(JSON.stringify(spec));
await once(extension.stdout, 'data');
extension.stdout.resume();

const builtIn = defineTable({ name: table, description: 'At hand.', columns, generate: () => data });
const pure = Engine.open([builtIn], engineMemoryMax_bytes);
const net = Engine.open([], engineMemoryMax_bytes, 'net');
net.attach({
  uuid: 1,
  name: 'double',
  path,
  socketDueAt_ms: 0,
  tables: [{ name: table, columns: declared, aliases: [], attributes: new Set() }],
  away: [],
});

const runPure = async (sql: string): Promise<number> => runStatement(pure, sql);
const runNet = (sql: string): Promise<number> =>
  runWaitingStatement(net, sql, (over) =>
    openNetwork({ over, received: () => {}, answerMax_bytes: () => Number.MAX_SAFE_INTEGER }),
  );

/** Sends a call and takes as many bytes as its answer has, without a look at them. */
const rawCall = async (call: ManagerCall, answer_bytes: number): Promise<number> => {
  const socket = createConnection({ path });
  socket.write(encodeCall(call, 1));
  let left_bytes = answer_bytes;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    left_bytes -= chunk.length;
    if (left_bytes <= 0) break;
  }
  return answer_bytes - left_bytes;
};

const client = createExtensionClient(nodeClock);
const ping: ManagerCall = { method: 'ping' };
const askClient = async (): Promise<void> => {
  const answer = await client.call(path, ping, { deadline_ms: 10_000, limits: controlLimits });
  if (!answer.ok) throw new Error(answer.error.message);
};

const timed = async (run: () => Promise<unknown>, into: number[]): Promise<void> => {
  const began_ms = performance.now();
  await run();
  into.push(performance.now() - began_ms);
};

const request = generateRequest(
  writeContext(declared, { constraints: new Map(), columnsUsed: new Set(declared.map(({ name }) => name)) }),
);
const generate: ManagerCall = { method: 'call', registry: 'table', item: table, request };
const wireRows = onTheWire.map((row) => new Map(Object.entries(row)));
const answer_bytes = encodeRows(wireRows, 1).length;
const pong = { method: 'ping', value: { code: 0, message: 'pong', uuid: 0 } } as const;
const pong_bytes = encodeAnswer(pong, 1).length;

const sql = `SELECT * FROM ${table}`;
const cases = [
  { what: 'built-in table', run: () => runPure(sql), taken: [] as number[] },
  { what: 'extension, a ping before', run: () => runNet(sql), taken: [] as number[] },
  {
    what: `floor: ping and ${(answer_bytes / 2 ** 20).toFixed(1)} MiB from the socket`,
    run: async () => {
      await rawCall(ping, pong_bytes);
      await rawCall(generate, answer_bytes);
    },
    taken: [] as number[],
  },
];
for (let round = 0; round < rounds; round += 1) for (const { run, taken } of cases) await timed(run, taken);
console.log(`${rows} rows of ${declared.length} columns, ${rounds} rounds`);
const builtIn_ms = median(cases[0]?.taken ?? []);
for (const { what, taken } of cases) {
  const wall_ms = median(taken);
  const each_us = ((wall_ms / rows) * 1000).toFixed(2);
  console.log(
    `  ${what}: ${wall_ms.toFixed(1)} ms, ${each_us} µs a row, ratio ${(wall_ms / builtIn_ms).toFixed(2)}`,
  );
}

const [ours, floor]: [number[], number[]] = [[], []];
for (let each = 0; each < pings; each += 1) {
  await timed(askClient, ours);
  await timed(() => rawCall(ping, pong_bytes), floor);
}
console.log(`a ping, a connection each, ${pings} times`);
for (const [what, taken] of [
  ['client', ours],
  ['floor: the same bytes', floor],
] as const) {
  const [half_us, most_us] = [0.5, 0.99].map((share) => Math.round(quantile(taken, share) * 1000));
  console.log(`  ${what}: p50 ${half_us} µs, p99 ${most_us} µs`);
}
console.log(`  ratio ${(median(ours) / median(floor)).toFixed(2)}`);

extension.kill('SIGKILL');
rmSync(directory, { recursive: true, force: true });
