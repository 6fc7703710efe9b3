import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { kernelUnits, parseAuxv } from '../../../platform/node/auxv.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { parseProcStat } from '../../../platform/node/proc-stat.ts';
import { identify } from '../../../platform/node/process-identity.ts';
import { createProcSampler } from '../../../platform/node/sampler.ts';
import type { SampleSource } from '../../../platform/sampler.ts';
import type { Sample } from '../../../protocol/sample.ts';
import { ObservedWorker, standInHost } from './observed-worker.ts';

const units = kernelUnits();
const sampler = createProcSampler(nodeClock, units);
const mib = 2 ** 20;

const watched = async (...args: string[]): Promise<{ worker: ObservedWorker; source: SampleSource }> => {
  const worker = new ObservedWorker(standInHost(...args));
  await worker.messages(1);
  const source = sampler.open(worker.process.identity);
  if (!source.ok) throw new Error(source.error.message);
  return { worker, source: source.value };
};
const take = (source: SampleSource): Sample => {
  const sample = source.read();
  if (!sample.ok) throw new Error(sample.error.message);
  return sample.value;
};

t.test('memory that a process touched shows as growth of its private bytes', async (t) => {
  const { worker, source } = await watched('grow', '64');
  const before = take(source);
  const rss_kb = Number(
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${before.pid}/status`, 'utf8'))?.[1] ?? Number.NaN,
  );
  t.ok(before.private_bytes > 0 && before.private_bytes < rss_kb * 1024, 'less than what is resident');
  worker.process.send({ type: 'exit' });
  await worker.messages(2);
  const grown_mb = (take(source).private_bytes - before.private_bytes) / mib;
  t.ok(grown_mb >= 64 && grown_mb < 96, `grew by ${grown_mb} MiB`);
  await worker.end();
  source.close();
});

t.test('CPU time that a process used is in milliseconds', async (t) => {
  const { worker, source } = await watched('burn', '300');
  const before = take(source);
  worker.process.send({ type: 'exit' });
  await worker.messages(2);
  const after = take(source);
  // Both ends are cut to whole ticks.
  const used_ms = after.cpu_ms - before.cpu_ms;
  t.ok(used_ms >= 280 && used_ms < 1_000, `used ${used_ms} ms`);
  t.same({ pid: after.pid, startTicks: after.startTicks }, worker.process.identity);
  await worker.end();
  source.close();
});

t.test('what a process read shows in its bytes', async (t) => {
  const self = identify(process.pid);
  const source = self === undefined ? undefined : sampler.open(self);
  if (source?.ok !== true) throw new Error('not opened');
  const before = source.value.readBytes();
  const length = readFileSync(process.execPath).length;
  const read_bytes = (source.value.readBytes() ?? 0) - (before ?? 0);
  t.ok(read_bytes >= length && read_bytes < length + mib, `${read_bytes} of ${length}`);
  source.value.close();
});

t.test('a process that ended, or a later one of its pid, gives no sample', async (t) => {
  const { worker, source } = await watched('ready');
  const { pid, startTicks } = worker.process.identity;
  const other = sampler.open({ pid, startTicks: startTicks + 1 });
  t.match(
    other.ok && other.value.read(),
    { ok: false, error: { reason: 'process_gone' } },
    'another start time',
  );
  await worker.end();
  t.match(source.read(), { ok: false, error: { reason: 'process_gone' } });
  t.equal(source.readBytes(), undefined);
  t.match(sampler.open({ pid, startTicks }), { ok: false, error: { reason: 'process_gone' } });
  source.close();
  source.close();
  t.match(source.read(), { ok: false, error: { reason: 'process_gone' } }, 'closed');
  if (other.ok) other.value.close();
});

t.test('a command name cannot disturb the fields that follow it', async (t) => {
  const fields = ['S', ...Array.from({ length: 49 }, (_, index) => String(index + 4))];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (name, hostile) => {
      const comm = hostile ? Buffer.concat([name, Buffer.from(') R 1 1 (')]) : Buffer.from(name);
      const text = Buffer.concat([Buffer.from('42 ('), comm, Buffer.from(`) ${fields.join(' ')}\n`)]);
      const stat = parseProcStat(text, text.length);
      return stat?.userTicks === 14 && stat.systemTicks === 15 && stat.startTicks === 22;
    }),
  );
  fc.assert(
    fc.property(fc.nat(250), (cut) => {
      const text = Buffer.from(`42 (a) ${fields.join(' ')}\n`);
      const stat = parseProcStat(text, Math.min(cut, text.indexOf(' 22')));
      return stat === undefined;
    }),
  );
  t.equal(parseProcStat(Buffer.from('nothing of the kind'), 19), undefined);
});

t.test('the kernel tells its units without a program', async (t) => {
  t.equal(units.ticksPerSecond, Number(execFileSync('getconf', ['CLK_TCK'])));
  t.equal(units.page_bytes, Number(execFileSync('getconf', ['PAGESIZE'])));
  t.same(parseAuxv(Buffer.alloc(0)), { page_bytes: 4096, ticksPerSecond: 100 });
});
