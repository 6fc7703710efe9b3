import type { QueryPerformance } from '../../platform/ledger.ts';
import type { RunCost } from '../../protocol/run.ts';

/** Statistics of a query that has not run. */
export const noPerformance = (name: string): QueryPerformance => ({
  name,
  executions: 0,
  last_executed_unix_s: 0,
  wall_time_ms: 0,
  last_wall_time_ms: 0,
  user_time_ms: 0,
  last_user_time_ms: 0,
  system_time_ms: 0,
  last_system_time_ms: 0,
  average_memory_bytes: 0,
  last_memory_bytes: 0,
  output_size_bytes: 0,
});

/**
 * Statistics after one more run, by osquery's rules: a delta of CPU or memory that is not positive changes nothing,
 * and the average counts the runs before this one.
 */
export const afterRun = (
  before: QueryPerformance,
  cost: RunCost,
  output_bytes: number,
  finished_unix_ms: number,
): QueryPerformance => {
  const user_ms = Math.round(cost.user_ms);
  const system_ms = Math.round(cost.system_ms);
  const wall_ms = Math.round(cost.wall_ms);
  const memory_bytes = Math.round(cost.memory_bytes);
  const { executions } = before;
  return {
    name: before.name,
    executions: executions + 1,
    last_executed_unix_s: Math.floor(finished_unix_ms / 1000),
    wall_time_ms: before.wall_time_ms + wall_ms,
    last_wall_time_ms: wall_ms,
    user_time_ms: before.user_time_ms + Math.max(0, user_ms),
    last_user_time_ms: user_ms > 0 ? user_ms : before.last_user_time_ms,
    system_time_ms: before.system_time_ms + Math.max(0, system_ms),
    last_system_time_ms: system_ms > 0 ? system_ms : before.last_system_time_ms,
    average_memory_bytes:
      memory_bytes > 0
        ? Math.floor((before.average_memory_bytes * executions + memory_bytes) / (executions + 1))
        : before.average_memory_bytes,
    last_memory_bytes: memory_bytes > 0 ? memory_bytes : before.last_memory_bytes,
    output_size_bytes: before.output_size_bytes + output_bytes,
  };
};
