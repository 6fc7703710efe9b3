import t from 'tap';
import { makeHome, type RunningDaemon, startDaemon } from './daemon-harness.ts';

const endless = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c';

/** Of the samples only what is compared. */
interface SampleRow {
  readonly at_ms: string;
  readonly cpu_ms: string;
}

const rises = (values: readonly number[]): boolean =>
  values.every((value, index) => value >= (values[index - 1] ?? 0));

/** What `leash why` says, with its lines joined. */
const toldBy = async (daemon: RunningDaemon, name: string): Promise<string> => {
  const { code, stdout, stderr } = await daemon.command('why', name);
  if (code !== 0) throw new Error(stderr);
  return stdout.replace(/\s+/g, ' ');
};

t.test('an endless query is stopped, and leash why tells how that came and what would help', async (t) => {
  const home = makeHome({
    schedule: {
      endless: { query: endless, interval: 1, limits: { cpu_ms: 1_000 } },
      greedy: { query: endless, interval: 1, limits: { cpu_percent: 10, cpu_window_ms: 300 } },
      innocent: { query: 'SELECT 1 AS one', interval: 1 },
    },
  });
  t.teardown(() => home.remove());
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGKILL'));
  await daemon.line(/'endless' is denied until/);
  await daemon.line(/'greedy' is denied until/);

  const samplesOf = async (
    name: string,
  ): Promise<{ readonly at_ms: number[]; readonly cpu_ms: number[] }> => {
    const rows = await daemon.ask<SampleRow>(
      `SELECT s.at_ms, s.cpu_ms FROM leash_verdicts v JOIN leash_samples s USING (verdict_id) WHERE v.query_name = '${name}'`,
    );
    return { at_ms: rows.map((row) => Number(row.at_ms)), cpu_ms: rows.map((row) => Number(row.cpu_ms)) };
  };

  const stopped = await samplesOf('endless');
  t.ok(stopped.at_ms.length >= 3, `${stopped.at_ms.length} samples`);
  t.ok(rises(stopped.at_ms) && rises(stopped.cpu_ms));
  t.equal(stopped.cpu_ms[0], 0);
  // The kernel counts a process's CPU time in ticks of 10 ms.
  t.ok((stopped.cpu_ms.at(-1) ?? 0) >= 990, `up to its limit of 1,000: ${stopped.cpu_ms.at(-1)}`);
  const killed = await samplesOf('greedy');
  t.ok(killed.at_ms.length >= 2 && rises(killed.cpu_ms), 'a kill has its samples too');
  t.strictSame(await samplesOf('innocent'), { at_ms: [], cpu_ms: [] });

  const told = await toldBy(daemon, 'endl');
  for (const words of [
    /^'endless' is denied: it may run again at /,
    /'endless' was stopped: it used 1,\d\d\d ms of CPU time; its limit is 1,000 \(cpu_ms\)/,
    /the next denial lasts 1 h/,
    /It is recursive \(WITH RECURSIVE\) and has no LIMIT/,
    /leash limit endless --cpu_ms \d+ --for 1h/,
    /leash denylist clear endless/,
    /CPU time, ms \(limit 1,000 ms\)/,
  ]) {
    t.match(told, words);
  }
  t.match(await toldBy(daemon, 'greedy'), /'greedy' was killed:.*Its worker was ended with SIGKILL/);
  // It is due every second, so it may be at work just now.
  t.match(
    await toldBy(daemon, 'innocent'),
    /^'innocent' (may run: nothing holds it back|runs at this moment, or waits for a worker)/,
  );
  t.match(await daemon.command('why', 'endles5'), { code: 1, stderr: /did you mean 'endless'\?/ });
  const facts = JSON.parse((await daemon.command('why', 'greedy', '--json')).stdout) as {
    queries: readonly { evidence: { points: readonly unknown[] } }[];
  };
  t.equal(facts.queries[0]?.evidence.points.length, killed.at_ms.length);
  t.match(await daemon.ask("SELECT cause FROM leash_worker_history WHERE query_name = 'greedy'"), [
    { cause: 'verdict' },
  ]);

  await daemon.end('SIGKILL');
  const second = await startDaemon(home);
  t.teardown(() => second.end('SIGKILL'));
  t.match(
    await toldBy(second, 'greedy'),
    /'greedy' was killed.*CPU over 300 ms/,
    'evidence outlives its supervisor',
  );
});
