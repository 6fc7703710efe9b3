/**
 * Malformed messages against a manager and against a client, over real sockets. Ends with 1 when one of them is not
 * there any more, does not come to an end with a message, or holds more memory than it may.
 *
 *   npm run fuzz:extensions -- [--frames 1000000] [--seed 1] [--at-once 8]
 *
 * Half of the messages go to the manager, half come back to the client. Node has to run with --expose-gc.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createActorSystem } from '../../../actors/index.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { createExtensionClient } from '../../../platform/node/thrift/extension-client.ts';
import { createExtensionServing } from '../../../platform/node/thrift/serve-extension.ts';
import { seededRandom } from '../../../platform/seeded-random.ts';
import { failedResponse } from '../../../protocol/extension/types.ts';
import { controlLimits, rowLimits } from '../../../protocol/extension/wire-limits.ts';
import { extensionManager } from '../../../supervisor/extensions/manager.ts';
import { openDoor } from '../../../supervisor/extensions/open-door.ts';
import { FrameSource } from './frames.ts';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '8' },
  },
});

/** While messages are under way: what 8 connections may hold, and what the collector has not looked at yet. */
const peakGrowth_bytes = 96 * 2 ** 20;
/** Afterwards, when everything that can go is gone. */
const keptGrowth_bytes = 6 * 2 ** 20;
/** The first messages compile what the others use. */
const warmUp = 2000;

const collect = globalThis.gc;
if (collect === undefined) throw new Error('run this with --expose-gc');

/** The heap, and what lies beside it: buffers. */
const held_bytes = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const settled_bytes = async (): Promise<number> => {
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  return held_bytes();
};

const directory = mkdtempSync(join(tmpdir(), 'leash-fuzz-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const frames = new FrameSource(seededRandom(Number(values.seed)));
const client = createExtensionClient(nodeClock);
const tally = new Map<string, number>();
const count = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);

const system = createActorSystem({ clock: nodeClock, random: seededRandom(7) });
const manager = system.spawn(
  'extensions',
  extensionManager({
    core: { has: () => false },
    defaultIndex: () => true,
    options: () => new Map(),
    query: async () => failedResponse('nothing is asked here'),
    queryColumns: async () => failedResponse('nothing is asked here'),
    call: async () => failedResponse('nothing is called here'),
    changed: ({ kind }) => count(`manager: ${kind}`),
  }),
);
system.on('crashed', (path, error) => {
  throw new Error(`${path} crashed: ${error.stack ?? error.message}`);
});
const path = join(directory, 'em');
const serving = createExtensionServing(nodeClock);
const door = await openDoor(
  {
    system,
    manager,
    // At the pace of a real door a million messages take twenty minutes.
    serving: { ...serving, serve: (options) => serving.serve({ ...options, pace_bytes_per_s: 1e12 }) },
    hungUp: (_door, reason) => count(`manager: ${reason}`),
  },
  { path, kind: 'shared' },
);
if (!door.ok) throw new Error(door.error.message);

/** Sends one message to the manager and waits until it has hung up. */
const strikeManager = (): Promise<void> =>
  new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
    socket.end(frames.request());
  });

const peerPath = join(directory, 'em.1');
const peer = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => socket.end(frames.reply()));
});
await new Promise<void>((resolve) => peer.listen(peerPath, resolve));

const deadline_ms = 60_000;
const limits = rowLimits(30, 65_536);

/** Lets the client call something that answers with one message. */
const strikeClient = async (rows: boolean): Promise<void> => {
  const call = { registry: 'table', item: 'a', request: new Map([['action', 'generate']]) };
  if (!rows) {
    const answer = await client.call(peerPath, { method: 'ping' }, { deadline_ms, limits: controlLimits });
    return count(`client: ${answer.ok ? 'answered' : answer.error.reason}`);
  }
  const stream = client.rows(peerPath, call, {
    deadline_ms,
    over: new AbortController().signal,
    received: () => {},
    limits,
    binary: new Set(['a']),
  });
  for (;;) {
    const next = await stream.next();
    if (next.done !== true) continue;
    return count(`client: ${next.value.ok ? 'answered' : next.value.error.reason}`);
  }
};

let struck = 0;
let peak_bytes = 0;

const strike = async (upTo: number): Promise<void> => {
  while (struck < upTo) {
    const number = struck++;
    if (number % 2 === 0) await strikeManager();
    else await strikeClient(number % 4 === 1);
    if (number % 200 === 0) peak_bytes = Math.max(peak_bytes, held_bytes());
  }
};

const strikeTogether = async (upTo: number): Promise<void> => {
  await Promise.all(Array.from({ length: Number(values['at-once']) }, () => strike(upTo)));
};

const total = Number(values.frames);
await strikeTogether(Math.min(warmUp, total));
const before_bytes = await settled_bytes();
peak_bytes = 0;
await strikeTogether(total);
const after_bytes = await settled_bytes();

const alive = await client.call(path, { method: 'ping' }, { deadline_ms, limits: controlLimits });
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const problems = [
  ...(alive.ok && alive.value.message === 'pong' ? [] : ['the manager does not answer any more']),
  ...(tally.has('client: deadline') ? ['a call had to be ended by its deadline'] : []),
  ...(tally.has('manager: idle') || tally.has('manager: slow_message')
    ? ['a connection had to be timed out']
    : []),
  ...(peak_bytes - before_bytes > peakGrowth_bytes ? ['the peak is too high'] : []),
  ...(after_bytes - before_bytes > keptGrowth_bytes ? ['memory is kept'] : []),
];
for (const [what, times] of [...tally].sort()) process.stdout.write(`${what}: ${times}\n`);
process.stdout.write(
  `${struck} messages; held before ${mib(before_bytes)}, at most ${mib(peak_bytes)}, after ${mib(after_bytes)}\n`,
);
process.stdout.write(problems.length === 0 ? 'nothing gave way\n' : `${problems.join('\n')}\n`);
await door.value.close();
peer.close();
await system.stop();
process.exitCode = problems.length === 0 ? 0 : 1;
