import t from 'tap';
import { budgetOfLevel } from '../../protocol/budget.ts';
import { BudgetExceeded } from '../../protocol/budget-exceeded.ts';
import { RunGuard } from '../../workers/engine/run-guard.ts';
import { guardedFiles } from '../../workers/guarded-files.ts';
import { noServices, realMeter } from './harness.ts';

t.test('a used-up budget of the door stays known when the table hides it', async (t) => {
  const guard = new RunGuard(budgetOfLevel['0'], realMeter);
  const exceeded = new BudgetExceeded('paths', 10, 11);
  const door = guardedFiles(
    {
      ...noServices.files,
      list: () => {
        throw exceeded;
      },
    },
    guard,
  );
  t.throws(() => door.list('/'), exceeded);
  t.equal(guard.exceeded, exceeded);
  t.equal(guard.mayContinue(), false);
  t.throws(
    () => door.within('/x').readText('/y'),
    exceeded,
    'no further touch is allowed, also through another root',
  );
});

t.test('an open file is under the same guard', async (t) => {
  const guard = new RunGuard(budgetOfLevel['0'], realMeter);
  const exceeded = new BudgetExceeded('read_mb', 10, 11);
  let closed = 0;
  const door = guardedFiles(
    {
      ...noServices.files,
      open: (path) =>
        path === '/none'
          ? undefined
          : {
              stat: () => {
                throw new Error('not asked');
              },
              readAt: () => {
                throw exceeded;
              },
              close: () => {
                closed += 1;
              },
            },
    },
    guard,
  );
  t.equal(door.open('/none'), undefined);
  const file = door.open('/x');
  t.throws(() => file?.readAt(new Uint8Array(1), 0), exceeded);
  t.equal(guard.exceeded, exceeded);
  t.throws(() => file?.stat(), exceeded, 'no further touch is allowed');
  file?.close();
  t.equal(closed, 1, 'but it is closed');
});

t.test('the deadline holds before each touch and each chunk', async (t) => {
  let now_ms = 0;
  const meter = { ...realMeter, monotonicMs: () => now_ms };
  const guard = new RunGuard({ ...budgetOfLevel['0'], wall_ms: 100 }, meter);
  let chunks = 0;
  const door = guardedFiles(
    {
      ...noServices.files,
      readChunks: (_path, chunk) => {
        for (;;) {
          now_ms += 40;
          chunk(new Uint8Array(1), false);
        }
      },
    },
    guard,
  );
  t.equal(door.readText('/x'), undefined);
  t.throws(() => door.readChunks('/x', () => (chunks += 1)), /wall_ms budget/);
  t.equal(chunks, 2);
});
