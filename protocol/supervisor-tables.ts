/**
 * Tables whose rows only the supervisor knows; a worker asks for them over its channel. Of `prometheus_metrics` it knows
 * whom to ask for metrics: a row a target, with `target_name` and `timeout_s`; of `yara_file` the rule files of the
 * config's groups: a row a file, with `sig_group` and `sigfile`, in their order; of `osquery_registry` the plugins that are
 * no tables.
 */
export const supervisorTables = [
  'osquery_info',
  'osquery_schedule',
  'osquery_flags',
  'osquery_packs',
  'osquery_registry',
  'leash_workers',
  'leash_leases',
  'leash_limits',
  'leash_verdicts',
  'leash_denylist',
  'leash_actors',
  'leash_samples',
  'leash_worker_history',
  'prometheus_metrics',
  'yara_file',
  'leash_extensions',
  'osquery_extensions',
] as const;

/** Longest key that a worker may ask by; keys are ids that the supervisor made itself. */
export const maxKey_chars = 100;

export type SupervisorTable = (typeof supervisorTables)[number];
