import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import t from 'tap';
import { noCgroups } from '../../../platform/node/cgroup/worker-cgroups.ts';
import { createProcessHost } from '../../../platform/node/process-host.ts';
import { identify } from '../../../platform/node/process-identity.ts';
import { encodeControl } from '../../../protocol/frame.ts';
import { ObservedWorker, standInHost, standInHostWith } from './observed-worker.ts';

t.test('a worker speaks over its channel, and its end is told last', async (t) => {
  const worker = new ObservedWorker(standInHost('ready'));
  t.equal(worker.calledEarly, false, 'nothing is told before spawnWorker returned');
  const [message] = await worker.messages(1);
  t.match(message, { type: 'ready', pid: worker.process.identity.pid });
  t.same(identify(worker.process.identity.pid), worker.process.identity);
  t.match(await worker.end(), { code: null, signal: 'SIGKILL' });
  t.equal(identify(worker.process.identity.pid), undefined);
});

t.test('a worker gets nothing of the environment but its marker and the time zone', async (t) => {
  process.env.LEASH_TEST_SECRET = 'secret';
  t.teardown(() => delete process.env.LEASH_TEST_SECRET);
  for (const [timeZone, expected] of [
    [undefined, ['LEASH_WORKER']],
    ['', ['LEASH_WORKER', 'TZ']],
    ['Asia/Kolkata', ['LEASH_WORKER', 'TZ']],
  ] as const) {
    const worker = new ObservedWorker(standInHostWith({ cgroups: noCgroups, timeZone }, 'environment'));
    const [message] = await worker.messages(1);
    if (message?.type !== 'columns') throw new Error('no columns');
    const names = message.columns.map(({ name }) => name);
    t.same(
      names.filter((name) => !/^_?TAP/.test(name)).toSorted(),
      expected,
      'besides what the test runner adds',
    );
    await worker.end();
  }
});

t.test('every thread of a worker steps back behind the host', async (t) => {
  const worker = new ObservedWorker(standInHost('ready'));
  await worker.messages(1);
  const { pid } = worker.process.identity;
  const threads = readdirSync(`/proc/${pid}/task`).map(Number);
  t.ok(threads.length > 1, 'it has several');
  t.same(
    threads.map((thread) => getPriority(thread)),
    threads.map(() => 10),
  );
  t.equal(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim(), '500');
  await worker.end();
});

t.test(
  'a worker whose channel nobody reads blocks, goes on when it is read, and can still be ended',
  async (t) => {
    const worker = new ObservedWorker(standInHost('flood'));
    await worker.until(() => worker.received_bytes > 0);
    worker.process.pauseReading();
    const paused_bytes = worker.received_bytes;
    const blocked = new ObservedWorker(standInHost('ready'));
    await blocked.messages(1);
    t.equal(worker.received_bytes, paused_bytes, 'nothing arrives while another process starts and answers');
    await blocked.end();
    worker.process.resumeReading();
    await worker.until(() => worker.received_bytes > paused_bytes + 2 ** 20);
    worker.process.pauseReading();
    t.match(await worker.end(), { signal: 'SIGKILL' }, 'its end is told while reading is paused');
  },
);

t.test('the end of what a worker complained of is kept', async (t) => {
  const worker = new ObservedWorker(standInHost('complain', '100000'));
  const { code, stderrTail } = await worker.exit();
  t.equal(code, 3);
  t.equal(stderrTail.length, 8 * 1024);
  t.ok(stderrTail.endsWith('x\nlast words\n'));
});

const control = (text: string): Buffer => {
  const frame = encodeControl(0);
  return Buffer.concat([lengthOf(text), frame.subarray(4, 5), Buffer.from(text)]);
};
const lengthOf = (text: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(text));
  return length;
};

for (const [what, bytes, problem] of [
  ['a frame of no known kind', Buffer.from([0, 0, 0, 0, 9]), /kind 9/],
  ['a frame that announces 2 GiB', Buffer.from([0, 0, 0, 0x80, 1]), /over the limit/],
  ['a control frame of more than 2 MiB', Buffer.from([1, 0, 0x20, 0, 1]), /over the limit/],
  ['text that is not JSON', control('{"type":'), /not JSON/],
  ['a message of no known type', control('{"type":"hi"}'), /type hi/],
  [
    'a message that is nested too deep',
    control(`{"type":"ready","x":${'['.repeat(4)}${']'.repeat(4)}}`),
    /nested/,
  ],
  [
    'a message of too many values',
    control(`{"type":"ready","x":[${'0,'.repeat(7000)}0]}`),
    /over 7000 values/,
  ],
] as const) {
  t.test(`${what} breaks the protocol, once`, async (t) => {
    const ready = encodeControl({ type: 'ready', protocolVersion: 1, buildId: 'dev', pid: 1, startup_ms: 1 });
    const worker = new ObservedWorker(standInHost('raw', Buffer.concat([bytes, ready]).toString('base64')));
    t.match(await worker.protocolError(), problem);
    worker.process.send({ type: 'exit' });
    t.match(await worker.exit(), { code: 0 });
    t.same(
      worker.events.map(({ kind }) => kind),
      ['protocol_error', 'exited'],
      'nothing after it is believed',
    );
  });
}

t.test('a program that does not start is a failure, not an event', async (t) => {
  const host = createProcessHost({
    command: '/nonexistent/node',
    argsOf: () => [],
    store: '',
    cgroups: noCgroups,
  });
  const unheard = (): never => {
    throw new Error('the listener of a process that never was is called');
  };
  const spawned = host.spawnWorker('pure', {
    message: unheard,
    rows: unheard,
    protocolError: unheard,
    exited: unheard,
  });
  t.match(spawned, { ok: false, error: { reason: 'spawn_failed', message: /nonexistent/ } });
  await new Promise(setImmediate);
});
