import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { createPidusageSampler, type Usage } from '../../../platform/node/pidusage-sampler.ts';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';
import type { Sample } from '../../../protocol/sample.ts';

const fixture = join(import.meta.dirname, '../../fixtures/sample-self.ts');
const haveStrace = spawnSync('strace', ['-V']).status === 0;

t.test('it starts no program', { skip: haveStrace ? false : 'strace is not installed' }, async (t) => {
  const scratch = mkdtempSync(join(tmpdir(), 'leash-strace-'));
  t.teardown(() => rmSync(scratch, { recursive: true }));
  const programsOf = (...args: string[]): { programs: string[]; sample: Sample } => {
    const traces = mkdtempSync(join(scratch, 'traces-'));
    // A file for each process: in one, a line may be cut by that of another process.
    const options = ['-ff', '-qq', '-e', 'trace=execve', '-o', join(traces, 'of')];
    const run = spawnSync('strace', [...options, process.execPath, fixture, ...args], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr);
    const programs = readdirSync(traces).flatMap((name) =>
      [...readFileSync(join(traces, name), 'utf8').matchAll(/execve\("([^"]*)".*= 0$/gm)].map(
        ([, program = '']) => program,
      ),
    );
    return { programs, sample: JSON.parse(run.stdout) };
  };
  const { programs, sample } = programsOf();
  t.same(programs, [process.execPath]);
  t.ok(sample.cpu_ms > 0 && sample.cpu_ms < 60_000, 'CPU time in milliseconds');
  t.ok(sample.private_bytes > 2 ** 24 && sample.private_bytes < 2 ** 30, 'memory in bytes');
  t.match(programsOf('with-getconf').programs.join(' '), /getconf/, 'which it does when it is left alone');
});

const self = { pid: 7, startTicks: 70 };
const script = (...answers: (Awaited<ReturnType<Usage>> | Error)[]): Usage => {
  return async () => {
    const next = answers.shift();
    if (next === undefined || next instanceof Error) throw next ?? new Error('asked too often');
    return next;
  };
};
const answered = (): Promise<unknown> => new Promise(setImmediate);

t.test('a read gives what the read before it asked for', async (t) => {
  const clock = new SimulatedClock();
  const usage = script(
    { ctime: 10, elapsed: 100, memory: 4096 },
    { ctime: 30, elapsed: 2100, memory: 8192 },
    { ctime: 30, elapsed: 4100, memory: 8192 },
  );
  const opened = createPidusageSampler(clock, usage).open(self);
  if (!opened.ok) throw new Error('not opened');
  const source = opened.value;
  t.match(source.read(), { ok: false, error: { reason: 'not_readable' } });
  await answered();
  t.same(source.read(), { ok: true, value: { ...self, at_ms: 0, cpu_ms: 10, private_bytes: 4096 } });
  await clock.advance(2_000);
  await answered();
  t.match(source.read(), { ok: true, value: { cpu_ms: 30, private_bytes: 8192 } });
  t.equal(source.readBytes(), undefined);
  source.close();
  await answered();
  t.match(source.read(), { ok: false, error: { reason: 'process_gone' } });
});

const first = { ctime: 500, elapsed: 10_000, memory: 4096 };
for (const [what, second] of [
  ['a younger process', { ...first, elapsed: 9_000 }],
  ['a process that used less CPU time', { ctime: 499, elapsed: 12_000, memory: 4096 }],
  ['a pid that nobody has', new Error('No matching pid found')],
] as const) {
  t.test(`${what} is not the one that was watched, ever after`, async (t) => {
    const opened = createPidusageSampler(
      new SimulatedClock(),
      script(first, second, { ...first, elapsed: 99_000 }),
    ).open(self);
    if (!opened.ok) throw new Error('not opened');
    await answered();
    t.match(opened.value.read(), { ok: true });
    await answered();
    for (const time of ['once', 'twice']) {
      t.match(opened.value.read(), { ok: false, error: { reason: 'process_gone' } }, time);
      await answered();
    }
  });
}
