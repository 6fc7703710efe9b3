/** The tree of extensions on a simulated clock: hours of back-offs and denials in milliseconds. */
import t from 'tap';
import { simulateExtensions } from './simulated-extensions.ts';

t.test('a crash loop costs less and less, is told, and leaves the neighbour alone', async (t) => {
  const life = simulateExtensions();
  t.teardown(() => life.system.stop());
  await life.clock.advance(10);
  await life.register(2);
  for (let crashes = 0; crashes < 300; crashes += 1) {
    for (const process of life.processes.slice(2)) process.exit();
    life.processes[0]?.exit();
    await life.clock.advance(12_000);
  }
  const starts = life.events.filter((event) => event === 'started /probe.ext').length;
  t.ok(starts >= 10 && starts <= 20, `an hour of crashes: ${starts} starts`);
  t.equal(life.events.filter((event) => event === 'started /other.ext').length, 1);
  t.equal(life.state(2), 'serving');
  t.ok(
    life.events.some((event) =>
      /'probe' lived shortly 5 times in a row: it is started again in \d+ s/.test(event),
    ),
  );
  t.strictSame(life.store.denials(), { ok: true, value: [] });
});

t.test('what an extension said last ends the sentence about its end', async (t) => {
  const life = simulateExtensions();
  t.teardown(() => life.system.stop());
  await life.clock.advance(10);
  life.processes[0]?.exit({ code: 2, outputTail: 'its table is taken.\n' });
  await life.clock.advance(10);
  const told = "log Extension 'probe' has ended: it ended with code 2; it said: its table is taken.";
  t.ok(life.events.includes(told), life.events.join('\n'));
});

t.test('a hog: verdict, then kill, then denied; its probation start lifts the denial', async (t) => {
  const life = simulateExtensions();
  t.teardown(() => life.system.stop());
  await life.clock.advance(10);
  await life.register(1);
  await life.register(2);
  const [probe] = life.processes;
  probe?.use({ private_bytes: 600 * 2 ** 20 });
  await life.clock.advance(1_500);
  const order = life.events.filter((event) => /^(verdict|killed)/.test(event));
  t.strictSame(
    order,
    ['verdict probe memory_mb', `killed ${probe?.pid}`],
    'found within a second and a half',
  );
  t.match(life.store.verdicts(10), {
    value: [{ subject: 'extension', scope: 'extension:probe', strike: true }],
  });
  t.equal(life.state(1), 'denied');
  t.strictSame(
    [...life.roster.attached.values()].map(({ info }) => info.name),
    ['n2'],
    'what it registered is taken off',
  );
  await life.clock.advance(590_000);
  t.equal(life.processes.length, 2, 'not started while it is denied');
  while (life.processes.length < 3) await life.clock.advance(1_000);
  t.ok(life.clock.monotonicMs() > 600_000);
  await life.register(1);
  t.match(life.denylist.entries(life.clock.unixMs()), [{ state: 'probation' }]);
  await life.clock.advance(61_000);
  t.match(life.denylist.entries(life.clock.unixMs()), [{ state: 'watched', strikes: 1 }]);
  life.processes[2]?.use({ processes: 65 });
  await life.clock.advance(1_500);
  t.match(life.denylist.entries(life.clock.unixMs()), [{ state: 'denied', strikes: 2, reason: 'processes' }]);
});

t.test('one that the kernel kills for its memory is judged; what somebody else kills is not', async (t) => {
  const life = simulateExtensions();
  t.teardown(() => life.system.stop());
  await life.clock.advance(10);
  await life.register(1);
  await life.register(2);
  life.processes[0]?.use({ private_bytes: 490 * 2 ** 20 });
  await life.clock.advance(1_500);
  life.processes[0]?.outOfMemory();
  life.processes[1]?.exit({ signal: 'SIGKILL' });
  await life.clock.advance(10);
  t.match(life.store.verdicts(10), {
    value: [
      { queryId: 'probe', kind: 'kill', reason: 'cgroup_oom', limit: 500, measured: 490, strike: true },
    ],
  });
  t.equal(life.state(1), 'denied');
  t.equal(life.state(2), 'backing_off');
});

t.test('one that a query hangs in is blamed, and it alone', async (t) => {
  const life = simulateExtensions();
  t.teardown(() => life.system.stop());
  await life.clock.advance(10);
  await life.register(1);
  await life.register(2);
  const [, other] = life.extensions;
  if (other === undefined) throw new Error('there are two');
  life.tree
    .actor(other.door)
    ?.tell({ type: 'hung', finding: { reason: 'wall_ms', limit: 30_000, measured: 30_001 } });
  await life.clock.advance(100);
  t.match(life.store.verdicts(10), { value: [{ queryId: 'other', reason: 'wall_ms', kind: 'kill' }] });
  t.strictSame(
    life.events.filter((event) => event.startsWith('killed')),
    [`killed ${life.processes[1]?.pid}`],
  );
  t.equal(life.state(1), 'serving');
  t.strictSame(life.denylist.entries(life.clock.unixMs()), [], 'and forgiven for once');
  await life.clock.advance(2_000);
  t.equal(life.processes.length, 3, 'it is started again');
});

t.test(
  'a table that is forgotten is away; with the last one its extension is restarted, and it alone',
  async (t) => {
    const life = simulateExtensions();
    t.teardown(() => life.system.stop());
    await life.clock.advance(10);
    await life.register(1, ['a', 'b']);
    await life.register(2, ['c']);
    const registered = () =>
      [...life.roster.attached.values()].map(({ info, away }) => [info.name, ...away.keys()]);
    await life.clock.advance(10_000);
    life.forgotten.add('a');
    await life.clock.advance(15_000);
    t.strictSame(registered(), [['n1', 'a'], ['n2']]);
    life.forgotten.delete('a');
    await life.clock.advance(6_000);
    t.strictSame(registered(), [['n1'], ['n2']]);
    life.forgotten.add('a').add('b');
    while (life.roster.attached.size > 1) await life.clock.advance(1_000);
    t.strictSame(registered(), [['n2']]);
    while (life.processes.length < 3) await life.clock.advance(1_000);
    const started = life.events.filter((event) => event.startsWith('started'));
    t.strictSame(started, ['started /probe.ext', 'started /other.ext', 'started /probe.ext']);
    life.forgotten.clear();
    await life.register(1, ['a', 'b']);
    await life.clock.advance(30_000);
    t.strictSame(registered(), [['n2'], ['n1']]);
    t.strictSame([life.state(1), life.state(2), life.processes.length], ['serving', 'serving', 3]);
    t.strictSame(life.store.verdicts(10), { ok: true, value: [] });
  },
);

t.test('an operator lets it start at once', async (t) => {
  const life = simulateExtensions();
  t.teardown(() => life.system.stop());
  await life.clock.advance(10);
  life.processes[0]?.use({ descriptors: 513 });
  await life.clock.advance(500);
  t.equal(life.state(1), 'denied');
  life.denylist.clear('probe');
  await life.clock.advance(6_000);
  t.equal(life.state(1), 'unregistered');
});

t.test('the end: each is asked, and nothing is started any more', async (t) => {
  const life = simulateExtensions();
  await life.clock.advance(10);
  await life.register(1);
  const retired = life.tree.retire();
  await life.clock.advance(6_000);
  await retired;
  t.strictSame([life.state(1), life.state(2)], ['dead', 'dead']);
  t.equal(life.events.filter((event) => event.startsWith('killed')).length, 2);
  await life.clock.advance(3_600_000);
  t.equal(life.processes.length, 2);
  await life.system.stop();
});
