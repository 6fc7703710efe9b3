import t from 'tap';
import { Pager } from '../../../cli/shell/pager.ts';
import { Progress, progressLine } from '../../../cli/shell/progress.ts';
import type { ShellPerson } from '../../../cli/shell/shell-input.ts';
import { showResult } from '../../../cli/shell/show-result.ts';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';
import type { QueryOutcome } from '../../../protocol/control.ts';
import { noCost, type QueryFailure } from '../../../protocol/run.ts';

/** A person who presses these keys, one whenever a key is wanted, and then leaves. */
const presses = (keys: readonly string[], size = { rows: 4, columns: 10 }) => {
  const left = [...keys];
  const seen: string[] = [];
  const controller = new AbortController();
  const person: ShellPerson = {
    write: (text) => void seen.push(text),
    size: () => size,
    key: async () => left.shift(),
    interruptible: (work) => work(controller.signal, () => controller.abort()),
  };
  return { person, seen, controller };
};

const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `${index + 1}\n`).join('');
const question = '-- more: space, Enter: one line, q: no more --';
const clear = '\r\u001b[K';

t.test('a screenful, then one line or another screenful', async (t) => {
  const { person, seen } = presses(['\r', ' ']);
  const pager = new Pager(person, () => t.fail('nobody stopped it'));
  pager.write(lines(7));
  await pager.finish();
  t.strictSame(seen, ['1\n2\n3\n', question, clear, '4\n', question, clear, '5\n6\n7\n']);
});

t.test('what comes while a key is waited for is shown after it', async (t) => {
  const { person, seen } = presses([' ']);
  const pager = new Pager(person, () => {});
  pager.write(lines(4));
  pager.write('late\n');
  t.strictSame(seen, ['1\n2\n3\n', question]);
  await pager.finish();
  t.strictSame(seen.slice(2), [clear, '4\nlate\n']);
});

t.test('q and a person who is gone end it', async (t) => {
  for (const keys of [['q'], ['\u0003'], []]) {
    const { person, seen } = presses(keys);
    let stopped = 0;
    const pager = new Pager(person, () => {
      stopped += 1;
    });
    pager.write(lines(9));
    await pager.finish();
    pager.write('more\n');
    t.strictSame(seen, ['1\n2\n3\n', question, clear]);
    t.equal(stopped, 1);
  }
});

t.test('long lines take the room that they need', async (t) => {
  const { person, seen } = presses([' ', ' ', ' ']);
  const pager = new Pager(person, () => {});
  const [wide, tall] = [`${'y'.repeat(15)}\n`, `${'x'.repeat(55)}\n`];
  pager.write(`1\n${wide}2\n${tall}3\n`);
  await pager.finish();
  t.strictSame(
    seen.filter((text) => text.endsWith('\n')),
    [`1\n${wide}`, '2\n', tall, '3\n'],
    'one that is taller than the screen has a screen of its own',
  );
});

t.test('the progress is shown after a moment and taken away', async (t) => {
  const clock = new SimulatedClock();
  const shown: string[] = [];
  const progress = new Progress(clock, (text) => shown.push(text));
  await clock.advance(400);
  t.strictSame(shown, []);
  await clock.advance(100);
  progress.rows = 1234;
  await clock.advance(200);
  t.strictSame(shown, [
    `${clear}0 rows, 0.5 s; Ctrl-C stops the query`,
    `${clear}1,234 rows, 0.7 s; Ctrl-C stops the query`,
  ]);
  progress.end();
  await clock.advance(1_000);
  t.strictSame(shown.slice(2), [clear]);
  t.equal(progressLine(1, 0), '1 row, 0.0 s; Ctrl-C stops the query');
});

t.test('a query that was stopped by q is no failure, one that was stopped otherwise is', async (t) => {
  const cancelled = {
    failure: { reason: 'cancelled', message: 'stopped' },
    cost: noCost,
    warnings: [],
  } as const;
  const { person, controller } = presses(['q']);
  const outcome = await showResult(person, new SimulatedClock(), true, async ({ out, signal }) => {
    out(lines(9));
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    return cancelled;
  });
  t.equal(outcome.failure, undefined);
  t.ok(controller.signal.aborted, 'the query was told');
  const other = presses([]);
  t.equal(
    (await showResult(other.person, new SimulatedClock(), true, async () => cancelled)).failure?.reason,
    'cancelled',
  );
});

t.test(
  'who has seen enough is not told that there are no more rows, but of every other failure',
  async (t) => {
    const failed = (failure: QueryFailure): Promise<QueryOutcome> =>
      showResult(presses(['q']).person, new SimulatedClock(), true, async ({ out }) => {
        out(lines(9));
        return { failure, cost: noCost, warnings: [] };
      });
    for (const limit of ['rows', 'result_mb'] as const)
      t.equal((await failed({ reason: 'limit', limit, message: 'too many' })).failure, undefined);
    for (const limit of ['cpu_ms', 'wall_ms'] as const)
      t.equal((await failed({ reason: 'limit', limit, message: 'too much' })).failure?.limit, limit);
    t.equal((await failed({ reason: 'sql_error', message: 'overflow' })).failure?.reason, 'sql_error');
  },
);
