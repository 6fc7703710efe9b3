/** Tables whose rows only the supervisor knows; a worker asks for them over its channel. */
export const supervisorTables = [
  'osquery_info',
  'osquery_schedule',
  'osquery_flags',
  'leash_workers',
  'leash_leases',
  'leash_limits',
  'leash_verdicts',
  'leash_denylist',
  'leash_actors',
] as const;

export type SupervisorTable = (typeof supervisorTables)[number];
