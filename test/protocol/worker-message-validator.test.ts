import t from 'tap';
import { maxScanTraces } from '../../protocol/scan-trace.ts';
import { maxKey_chars } from '../../protocol/supervisor-tables.ts';
import { parseFromWorker } from '../../protocol/worker-message-validator.ts';

const parse = (message: unknown) => parseFromWorker(Buffer.from(JSON.stringify(message)));

t.test('a worker may ask for a table, and for one thing in it', async (t) => {
  for (const ask of [
    { type: 'ask', table: 'leash_samples' },
    { type: 'ask', table: 'leash_samples', key: 'x'.repeat(maxKey_chars) },
  ]) {
    t.strictSame(parse(ask), { ok: true, value: ask });
  }
  for (const ask of [
    { type: 'ask', table: 'processes' },
    { type: 'ask', table: 'leash_samples', key: 7 },
    { type: 'ask', table: 'leash_samples', key: 'x'.repeat(maxKey_chars + 1) },
  ]) {
    t.match(parse(ask), { ok: false, error: { reason: 'not_a_message' } });
  }
});

t.test('a worker tells which tables of the config it refuses', async (t) => {
  const refused = { type: 'config_refused', name: 'v', message: 'no such table: x' };
  t.strictSame(parse(refused), { ok: true, value: refused });
  for (const wrong of [{ name: 7 }, { message: undefined }, { message: ['x'] }])
    t.match(parse({ ...refused, ...wrong }), { ok: false, error: { reason: 'not_a_message' } });
});

const done = {
  type: 'done',
  leaseId: 'L',
  cost: {
    wall_ms: 1,
    user_ms: 1,
    system_ms: 0,
    memory_bytes: 0,
    rows: 0,
    result_bytes: 0,
    read_bytes: 0,
    paths: 0,
    denied_reads: 0,
  },
  warnings: [],
  retained_bytes: 0,
};

t.test('a worker tells which extensions it reads, and how long it waited for them', async (t) => {
  const wait = { uuid: 1, calls: 2, waited_ms: 3.5 };
  const standing = { uuid: 1, waited_ms: 3.5 };
  for (const message of [
    { type: 'reads', leaseId: 'L', uuids: [1, 65_535] },
    { type: 'waits', leaseId: 'L', waits: { extensions: [wait], standing } },
    done,
    { ...done, waits: { extensions: [] } },
    { ...done, waits: { extensions: [wait, wait], standing } },
  ]) {
    t.strictSame(parse(message), { ok: true, value: message });
  }
  for (const message of [
    { type: 'reads', uuids: [1] },
    { type: 'reads', leaseId: 'L', uuids: ['1'] },
    { type: 'reads', leaseId: 'L', uuids: [1.5] },
    { type: 'reads', leaseId: 'L', uuids: new Array(1_501).fill(1) },
    { type: 'waits', leaseId: 'L' },
    { type: 'waits', waits: { extensions: [] } },
    { ...done, waits: [wait] },
    { ...done, waits: { extensions: [{ ...wait, calls: 'many' }] } },
    { ...done, waits: { extensions: [{ ...wait, waited_ms: null }] } },
    { ...done, waits: { extensions: [wait], standing: { uuid: 1 } } },
    { ...done, waits: { extensions: [wait], standing: null } },
  ]) {
    t.match(parse(message), { ok: false, error: { reason: 'not_a_message' } });
  }
});

t.test('a run may tell its scans, so many and of this shape', async (t) => {
  const scan = {
    table: 'users',
    constraints: 'uid =',
    columns: 'uid',
    scans: 1,
    rows: 1,
    paths: 1,
    read_bytes: 9,
    wall_ms: 0.5,
  };
  for (const trace of [[], [scan], Array.from({ length: maxScanTraces }, () => scan)]) {
    t.strictSame(parse({ ...done, trace }), { ok: true, value: { ...done, trace } });
  }
  for (const trace of [
    scan,
    [{ ...scan, table: 7 }],
    [{ ...scan, rows: 'many' }],
    Array.from({ length: maxScanTraces + 1 }, () => scan),
  ]) {
    t.match(parse({ ...done, trace }), { ok: false, error: { reason: 'not_a_message' } });
  }
});
