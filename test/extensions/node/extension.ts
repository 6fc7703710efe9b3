/**
 * A real extension on our own codec, for hosts without Python. Started as osquery starts extensions; what it does besides
 * serving a table comes from the `.ext` file that imports this, as `globalThis.leashTest`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Reply } from '../../../platform/extension-wire.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { createExtensionClient } from '../../../platform/node/thrift/extension-client.ts';
import { createExtensionServing } from '../../../platform/node/thrift/serve-extension.ts';
import type { ManagerCall } from '../../../protocol/extension/calls.ts';
import { controlLimits } from '../../../protocol/extension/wire-limits.ts';

/** What a test wants of an extension. */
export interface ExtensionConduct {
  readonly name: string;
  readonly table?: string;
  /** A second table. */
  readonly beside?: string;
  /** A directory: a table is not known while a file of its name is there, and `NAME.told` comes when it told its columns. */
  readonly forgets?: string;
  readonly sdkVersion?: string;
  /** `never`: it waits without a word; `dies`: it ends when it is registered; `asks`: it asks a query, too. */
  readonly registers?: 'never' | 'dies' | 'asks';
  /** From its registration until it listens; absent: at once. */
  readonly listensAfter_ms?: number;
  /** Ends with this code before it does anything. */
  readonly exits?: number;
  readonly ignoresTerm?: boolean;
  /** Starts a program by a double fork in a session of its own, which outlives it, and says its pid. */
  readonly daemonises?: boolean;
  /** Registers no sooner than an extension of this name has. */
  readonly after?: string;
  /** What it takes once it serves, until it is stopped; `forks`: at once, and 255 processes whatever happens. */
  readonly takes?: 'memory' | 'descriptors' | 'processes' | 'cpu' | 'forks';
  /** How it answers `generate`; absent: with one row; `flood`: with 20,000. */
  readonly generates?: 'never' | 'flood';
}

const conduct = (globalThis as unknown as { leashTest: ExtensionConduct }).leashTest;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const { values } = parseArgs({
  options: {
    socket: { type: 'string', default: '' },
    timeout: { type: 'string', default: '3' },
    interval: { type: 'string', default: '3' },
    verbose: { type: 'boolean', default: false },
  },
});
const bounds = { deadline_ms: 20_000, limits: controlLimits };
const client = createExtensionClient(nodeClock);

const table = conduct.table ?? conduct.name;
const columns = [
  new Map([
    ['id', 'column'],
    ['name', 'n'],
    ['type', 'INTEGER'],
    ['op', '0'],
  ]),
];

/** Each process starts two until there are eight generations, and none of them lives longer than a minute. */
const forkBomb = 'bomb() { [ $1 = 0 ] || { bomb $(($1 - 1)) & bomb $(($1 - 1)) & }; exec sleep 60; }; bomb 7';

const burn = (for_ms: number): void => {
  const until_ms = nodeClock.monotonicMs() + for_ms;
  while (nodeClock.monotonicMs() < until_ms);
};

const take = (): void => {
  const kept: unknown[] = [];
  const more = (): unknown => {
    switch (conduct.takes) {
      case 'memory':
        kept.push(Buffer.alloc(16 * 2 ** 20, 1));
        break;
      case 'descriptors':
        for (let each = 0; each < 50; each += 1) openSync('/dev/null', 'r');
        break;
      case 'processes':
        for (let each = 0; each < 5; each += 1) {
          spawn('/bin/sleep', ['1000'], { stdio: 'ignore', detached: true }).unref();
        }
        break;
      case 'cpu':
        burn(50);
        break;
      case 'forks':
        return spawn('/bin/sh', ['-c', forkBomb], { stdio: 'ignore', detached: true });
      case undefined:
        return undefined;
    }
    return setTimeout(more, 20);
  };
  more();
};

const rowCount = conduct.generates === 'flood' ? 20_000 : 1;
const rows = Array.from({ length: rowCount }, (_, index) => new Map([['n', String(index + 1)]]));

const answer = async (uuid: number, call: ManagerCall): Promise<Reply> => {
  if (call.method === 'ping') {
    return { kind: 'answer', answer: { method: 'ping', value: { code: 0, message: 'pong', uuid } } };
  }
  if (call.method === 'shutdown') {
    say('asked to end');
    if (conduct.ignoresTerm !== true) setImmediate(() => process.exit(0));
    return { kind: 'answer', answer: { method: 'shutdown', value: undefined } };
  }
  if (call.method !== 'call') {
    return { kind: 'fault', fault: { type: 1, message: `Unknown function ${call.method}` } };
  }
  const isAsked = call.request.get('action') !== 'columns';
  if (conduct.forgets !== undefined) {
    const place = join(conduct.forgets, call.item);
    if (existsSync(place)) {
      const value = { status: { code: 1, message: `there is no ${call.item}`, uuid }, response: [] };
      return { kind: 'answer', answer: { method: 'call', value } };
    }
    if (!isAsked) writeFileSync(`${place}.told`, '');
  }
  if (isAsked && conduct.generates === 'never') return new Promise<Reply>(() => undefined);
  const response = isAsked ? rows : columns;
  const status = { code: 0, message: 'OK', uuid };
  return { kind: 'answer', answer: { method: 'call', value: { status, response } } };
};

const pause = (for_ms: number): Promise<void> =>
  new Promise((resolve) => void nodeClock.after(for_ms, resolve));

const registrationOf = async (name: string): Promise<void> => {
  for (;;) {
    const asked = await client.call(values.socket, { method: 'extensions' }, bounds);
    if (asked.ok && [...asked.value.values()].some((info) => info.name === name)) return;
    await pause(50);
  }
};

const main = async (): Promise<void> => {
  if (conduct.exits !== undefined) {
    say(`leaves with ${conduct.exits}`);
    process.exit(conduct.exits);
  }
  if (conduct.ignoresTerm === true) process.on('SIGTERM', () => say('ignores SIGTERM'));
  if (conduct.daemonises === true) {
    const script = 'setsid sleep 1000 < /dev/null > /dev/null 2>&1 & echo $!';
    say(`left ${execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).trim()} behind`);
  }
  if (conduct.registers === 'never') return void setInterval(() => undefined, 60_000);
  if (conduct.after !== undefined) await registrationOf(conduct.after);
  const info = {
    name: conduct.name,
    version: '1',
    sdkVersion: conduct.sdkVersion ?? '5.0.0',
    minSdkVersion: '',
  };
  const tables = conduct.beside === undefined ? [table] : [table, conduct.beside];
  const routes = new Map([['table', new Map(tables.map((name) => [name, columns]))]]);
  const registered = await client.call(values.socket, { method: 'registerExtension', info, routes }, bounds);
  if (!registered.ok || registered.value.code !== 0) {
    say(`not registered: ${registered.ok ? registered.value.message : registered.error.message}`);
    process.exit(2);
  }
  if (conduct.registers === 'dies') process.exit(3);
  const { uuid } = registered.value;
  await pause(conduct.listensAfter_ms ?? 0);
  const served = await createExtensionServing(nodeClock).serve({
    path: `${values.socket}.${uuid}`,
    directory: 'private',
    limits: controlLimits,
    maxConnections: 8,
    idle_ms: 60_000,
    message_ms: 60_000,
    pace_bytes_per_s: 1e12,
    answer: (call) => answer(uuid, call),
    hungUp: () => undefined,
  });
  if (!served.ok) throw new Error(served.error.message);
  if (conduct.registers === 'asks') {
    const asked = await client.call(
      values.socket,
      { method: 'query', sql: 'SELECT 1 AS one, NULL AS none' },
      bounds,
    );
    say(`answered ${JSON.stringify(asked.ok ? asked.value.response.map((row) => [...row]) : asked.error)}`);
    const told = await client.call(
      values.socket,
      { method: 'getQueryColumns', sql: 'SELECT pid, name FROM processes;' },
      bounds,
    );
    say(`columns ${JSON.stringify(told.ok ? told.value.response.map((row) => [...row]) : told.error)}`);
    process.exit(0);
  }
  take();
};

await main();
