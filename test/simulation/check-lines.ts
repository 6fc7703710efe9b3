import type { ResultLog } from '../../platform/results-store.ts';
import type { Evidence } from '../../protocol/evidence.ts';
import type { Breaches } from './breaches.ts';
import { hasFault, type Scenario } from './scenario.ts';
import { held, logDirectory } from './simulated-disk.ts';
import type { Step, World } from './world.ts';

interface Line {
  readonly name: string;
  readonly counter: number;
  readonly columns: { readonly n: string };
  readonly action: 'added' | 'removed';
}

/** No line is lost or repeated, the log tells what the store knows, and no verdict is forgotten. */
export const checkLines = (scenario: Scenario, world: World, breaches: Breaches): void => {
  const end = world.steps.at(-1);
  if (end === undefined) return;
  const lostPower = hasFault(scenario, 'power_lost');
  for (const log of ['results', 'snapshots'] as const) {
    const logged = linesOf(world.disk.logs.text(`${logDirectory}/osqueryd.${log}.log`));
    const { results } = world.disk;
    // What was committed in the last moment waits for the next supervisor.
    const waiting = results.head(`filesystem:${log}`, Number.POSITIVE_INFINITY).length;
    const committed = results.committed(log).slice(0, results.committed(log).length - waiting);
    checkDelivery(log, logged, committed, { lostPower, end }, breaches);
    if (log === 'results' && !lostPower) replay(world, results.committed(log), end, breaches);
  }
  if (!lostPower) checkVerdicts(world, end, breaches);
};

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

/** A kill loses and repeats nothing. After a loss of power a line may be there twice, but it is there. */
const checkDelivery = (
  log: ResultLog,
  logged: readonly string[],
  committed: readonly string[],
  { lostPower, end }: { readonly lostPower: boolean; readonly end: Step },
  breaches: Breaches,
): void => {
  let at = 0;
  for (const line of committed) {
    const found = lostPower ? logged.indexOf(line, at) : logged[at] === line ? at : -1;
    if (found < 0)
      return breaches.report('no line is lost, repeated or out of order', end, `${log}: ${line}`);
    at = found + 1;
  }
  if (!lostPower && at < logged.length)
    breaches.report('no line is lost, repeated or out of order', end, `${log}: ${logged[at]}`);
};

/** The lines of a query, one after another, come to what its last run answered and its baseline says. */
const replay = (world: World, lines: readonly string[], end: Step, breaches: Breaches): void => {
  const rows = new Map<string, string[]>();
  const counters = new Map<string, number>();
  const forget = world.disk.results.forgotten.values();
  let next = forget.next();
  for (const [at, text] of lines.entries()) {
    // What left the schedule, and came back, begins anew.
    for (; next.value !== undefined && next.value.after_lines <= at; next = forget.next()) {
      rows.delete(next.value.name);
      counters.delete(next.value.name);
    }
    const { name, counter, columns, action } = JSON.parse(text) as Line;
    const former = counters.get(name) ?? 0;
    if (counter !== former && counter !== former + 1)
      breaches.report('counters leave no gap', end, `${name}: ${counter} after ${former}`);
    counters.set(name, counter);
    const present = rows.get(name) ?? [];
    rows.set(name, present);
    const place = present.indexOf(columns.n);
    if (action === 'added') present.push(columns.n);
    else if (place >= 0) present.splice(place, 1);
    else breaches.report('what is removed was there', end, `${name}: ${columns.n}`);
  }
  for (; next.value !== undefined; next = forget.next()) rows.delete(next.value.name);
  for (const [name, answer] of lastAnswers(world)) {
    const told = (rows.get(name) ?? []).toSorted().join();
    const last = (JSON.parse(answer === '' ? '[]' : answer) as number[][]).flat().toSorted().join();
    const known = (world.disk.results.baseline(name)?.rows ?? '').replaceAll(/[^0-9\n]/g, '');
    const kept = known.split('\n').toSorted().join();
    if (told !== last || kept !== last)
      breaches.report(
        'log, baseline and last answer say the same',
        end,
        `${name}: log ${told}, baseline ${kept}, answer ${last}`,
      );
  }
};

/** The last answer of each query that was not forgotten since. */
const lastAnswers = ({ steps }: World): ReadonlyMap<string, string> => {
  const answered = new Map<string, string>();
  for (const step of steps) {
    if (step.type === 'committed') answered.set(step.name, step.rows);
    if (step.type !== 'retained') continue;
    for (const name of answered.keys()) if (!step.names.includes(name)) answered.delete(name);
  }
  return answered;
};

/** What only memory knew may die with it, and the log says so; everything else is in the store. */
const checkVerdicts = (world: World, end: Step, breaches: Breaches): void => {
  const stored = new Set(
    held(world.disk.guard.verdicts(Number.MAX_SAFE_INTEGER)).map(({ verdictId }) => verdictId),
  );
  let unjournalled: string[] = [];
  const expected: string[] = [];
  for (const step of world.steps) {
    if (step.type === 'supervisor_killed') unjournalled = [];
    if (step.type !== 'said' || step.event.type !== 'verdict') continue;
    const { verdictId, journalled } = step.event.verdict;
    (journalled ? expected : unjournalled).push(verdictId);
  }
  for (const verdictId of [...expected, ...unjournalled]) {
    if (!stored.has(verdictId)) breaches.report('no verdict is lost', end, verdictId);
    checkEvidence(held(world.disk.guard.evidence(verdictId)), end, breaches);
  }
};

/** More than any run of a scenario gets to, and less than a stranger has. */
const nobodys_bytes = 16 * 2 ** 30;

const checkEvidence = (evidence: Evidence | undefined, end: Step, breaches: Breaches): void => {
  for (const { growth_bytes } of evidence?.points ?? [])
    if (growth_bytes > nobodys_bytes)
      breaches.report('evidence shows the run, not who got its pid', end, `${evidence?.queryId}`);
};
