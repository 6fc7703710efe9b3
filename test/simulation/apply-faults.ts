import { type HostConduct, healthyHost } from './conduct.ts';
import type { Fault, FaultKind } from './scenario.ts';
import type { World } from './world.ts';
import { calmHost } from './world.ts';

/** What can be done to the supervisor of a world. */
export interface Victim {
  kill(): void;
  holdUp(for_ms: number): void;
}

const hour_ms = 3_600_000;
/** A supervisor dies at one of its next calls to the disk. */
const deadlyCalls = 40;
const fullDisk_bytes = 3_000;

/** Whether a fault lasts at a moment. */
const isOn = ({ at_ms, for_ms }: Fault, now_ms: number): boolean =>
  at_ms <= now_ms && now_ms < at_ms + for_ms;

/** Brings host and disk into the state that the faults of a moment make. Without any they are healthy. */
export const applyState = (world: World, faults: readonly Fault[], now_ms: number): void => {
  const share = (kind: FaultKind): number =>
    Math.max(
      0,
      ...faults.filter((fault) => fault.kind === kind && isOn(fault, now_ms)).map(({ amount }) => amount),
    );
  world.host.conduct = hostUnder(share);
  world.disk.conduct = {
    guardFails: share('guard_store_fails'),
    resultsFail: share('results_store_fails'),
  };
  if (share('log_disk_full') === 0) world.disk.logs.free_bytes = Number.POSITIVE_INFINITY;
  world.pressure = {
    ...calmHost,
    ...(share('host_busy') > 0 ? { cpuSome_percent: 90 } : {}),
    ...(share('memory_scarce') > 0 ? { memoryAvailable_bytes: 0 } : {}),
    ...(share('battery_low') > 0 ? { battery_percent: 3 } : {}),
  };
};

const hostUnder = (share: (kind: FaultKind) => number): HostConduct => ({
  start_ms: share('start_slow') > 0 ? [1_000, 4_000] : healthyHost.start_ms,
  death_ms: share('death_slow') > 0 ? [500, 4_000] : healthyHost.death_ms,
  exitNotice_ms: share('pid_reused') > 0 ? [1, 300] : healthyHost.exitNotice_ms,
  spawnFails: share('spawn_fails'),
  startHangs: share('start_hangs'),
  tears: share('message_torn') / 2,
  repeats: share('message_repeated'),
  staysOn: share('worker_stays_on'),
  strangers: share('pid_reused') > 0 ? 0.8 : 0,
});

/** What happens once, when a fault begins. */
export const strike = (world: World, { kind, for_ms, amount }: Fault, victim: Victim): void => {
  const jump = (by_ms: number): void => {
    world.clock.jumpWallClock(by_ms);
    world.note({ type: 'wall_clock_jumped', by_ms });
  };
  switch (kind) {
    case 'clock_jumps':
      return jump((amount - 0.5) * 2 * hour_ms);
    // Neither CLOCK_MONOTONIC nor any process notices; the wall clock does.
    case 'host_suspended':
      return jump(amount * hour_ms);
    case 'supervisor_held_up':
      return victim.holdUp(for_ms);
    case 'supervisor_killed':
      return victim.kill();
    case 'supervisor_killed_in_a_call':
      world.disk.deadlyCall = 1 + Math.floor(amount * deadlyCalls);
      return;
    case 'power_lost':
      world.host.losePower();
      world.disk.losePower();
      world.note({ type: 'power_lost', stored: world.disk.stored() });
      return victim.kill();
    case 'idle_workers_killed':
      return world.host.loseIdle(amount);
    case 'log_disk_full':
      world.disk.logs.free_bytes = Math.floor(amount * fullDisk_bytes);
      return;
    case 'log_rotated':
      return world.disk.logs.rotate();
    case 'spawn_fails':
    case 'start_hangs':
    case 'start_slow':
    case 'death_slow':
    case 'worker_stays_on':
    case 'pid_reused':
    case 'message_torn':
    case 'message_repeated':
    case 'guard_store_fails':
    case 'results_store_fails':
    case 'host_busy':
    case 'memory_scarce':
    case 'battery_low':
      return;
  }
};

/** When the disk was synced before its power went: up to so long before. */
const longestUnsynced_ms = 4_000;

export const syncedAt_ms = ({ at_ms, amount }: Fault): number =>
  Math.max(0, at_ms - amount * longestUnsynced_ms);
