import type { GuardStore } from '../../platform/guard-store.ts';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import { seededRandom } from '../../platform/seeded-random.ts';
import { fail } from '../../protocol/result.ts';
import { type Breach, StepChecker } from './check-steps.ts';
import { drawScenario, type Fault, hostAt, isOn, type Scenario } from './scenario.ts';
import { healthyHost } from './simulated-host.ts';
import { beginLife, createWorld, type Step, type World } from './simulated-supervisor.ts';

/** What one seed came to. */
export interface SeedResult {
  readonly scenario: Scenario;
  readonly steps: readonly Step[];
  readonly breaches: readonly Breach[];
}

const interval_s = 10;
/** A supervisor that was killed is started again after this long, by systemd say. */
const startAgain_ms = 500;
/** A query that waits for its next start, for a probation lane, for back-off of its own. */
const grace_ms = 20_000;

/** Draws the scenario of a seed, lives it and checks it. The same seed gives the same steps. */
export const runSeed = (seed: number): Promise<SeedResult> =>
  runScenario(drawScenario(seed, seededRandom(seed)));

export const runScenario = async (scenario: Scenario): Promise<SeedResult> => {
  let storeFails = false;
  const world = createWorld({
    seed: scenario.seed,
    interval_s,
    schedule: Object.fromEntries(scenario.statements.map(({ name, conduct }) => [name, conduct])),
    store: failing(inMemoryGuardStore(), () => storeFails),
  });
  let life = await beginLife(world);
  for (const { at_ms, fault } of turns(scenario)) {
    await world.clock.advance(at_ms - world.clock.monotonicMs());
    world.host.conduct = hostAt(scenario.faults, at_ms);
    storeFails = scenario.faults.some((each) => each.kind === 'store_fails' && isOn(each, at_ms));
    if (fault?.at_ms !== at_ms) continue;
    if (fault.kind === 'clock_jump') world.clock.jumpWallClock(fault.by_ms);
    if (fault.kind === 'supervisor_killed') {
      life.kill();
      await world.clock.advance(startAgain_ms);
      // The store is needed to begin; systemd would try until it is there again.
      storeFails = false;
      life = await beginLife(world);
    }
  }
  storeFails = false;
  world.host.conduct = healthyHost;
  const calmFrom_ms = world.clock.monotonicMs();
  await world.clock.advance(scenario.faulty_ms);
  world.note({ type: 'supervisor_stops' });
  const stopped = life.supervisor.stop();
  await world.clock.advance(10_000);
  await stopped;
  const breaches = [
    ...new StepChecker(scenario).check(world.steps),
    ...unserved(scenario, world, calmFrom_ms),
  ];
  return { scenario, steps: world.steps, breaches };
};

/** Liveness: without faults every query that answers runs in each of its intervals. */
const unserved = (scenario: Scenario, world: World, calmFrom_ms: number): readonly Breach[] => {
  const from_ms = calmFrom_ms + grace_ms;
  const expected = Math.floor((scenario.faulty_ms - grace_ms) / (interval_s * 1000)) - 1;
  return scenario.statements.flatMap(({ name, conduct, guilt }) => {
    const answers = guilt === undefined && conduct.end === 'done' && conduct.runs_ms < interval_s * 1000;
    const runs = world.ledger.committed.filter((run) => run.name === name && run.at_ms >= from_ms).length;
    if (!answers || runs >= expected) return [];
    const what = `${name} ran ${runs} times in its last ${expected} intervals`;
    return [{ promise: 'every permitted query keeps its interval', at_ms: world.clock.monotonicMs(), what }];
  });
};

/** The moments at which something changes, in order; the last one is the end of the faults. */
const turns = (
  scenario: Scenario,
): readonly { readonly at_ms: number; readonly fault: Fault | undefined }[] =>
  [
    ...scenario.faults.flatMap((fault) => [
      { at_ms: fault.at_ms, fault },
      { at_ms: Math.min(fault.at_ms + fault.for_ms, scenario.faulty_ms), fault: undefined },
    ]),
    { at_ms: scenario.faulty_ms, fault: undefined },
  ].toSorted((one, other) => one.at_ms - other.at_ms);

/** A store whose writes fail while `isBroken`; what it holds stays. */
const failing = (store: GuardStore, isBroken: () => boolean): GuardStore => {
  const broken = fail({ reason: 'io', message: 'the disk is gone.' } as const);
  return {
    ...store,
    putLease: (lease) => (isBroken() ? broken : store.putLease(lease)),
    endLease: (leaseId) => (isBroken() ? broken : store.endLease(leaseId)),
    putVerdict: (verdict, denial, evidence) =>
      isBroken() ? broken : store.putVerdict(verdict, denial, evidence),
    putDenial: (denial) => (isBroken() ? broken : store.putDenial(denial)),
    removeDenial: (scope, sqlHash) => (isBroken() ? broken : store.removeDenial(scope, sqlHash)),
  };
};
