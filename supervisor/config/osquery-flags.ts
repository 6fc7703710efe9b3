/** Type of a flag, in osquery's names. */
export type FlagType = 'bool' | 'string' | 'int32' | 'uint32' | 'uint64';

/** Where a flag may be set: in the config's `options` too, on the command line (or flagfile) only, in leashi only. */
type FlagScope = 'config' | 'cli' | 'shell';

/** A flag as it is known to Leash. */
export interface FlagSpec {
  readonly name: string;
  readonly type: FlagType;
  /** The default as text: booleans are `true` or `false`. */
  readonly defaultValue: string;
  readonly scope: FlagScope;
  /** The part of the program that it belongs to. */
  readonly area: string;
  /** Left out of `--help`. */
  readonly hidden: boolean;
  /** What it is for, as `--help` says it; empty where Leash makes no use of it yet. */
  readonly description: string;
}

type Listed = Omit<FlagSpec, 'area'>;

const flag = (
  name: string,
  type: FlagType,
  defaultValue: string,
  more: { scope?: FlagScope; hidden?: true; description?: string } = {},
): Listed => ({ name, type, defaultValue, scope: 'config', hidden: false, description: '', ...more });

const area = (name: string, flags: readonly Listed[]): readonly FlagSpec[] =>
  flags.map((listed) => ({ ...listed, area: name }));

/**
 * osquery's flags on Linux with its types, defaults and scopes, so that a flagfile or config written for it is
 * understood: a value that Leash does not use yet is checked and shown in osquery_flags all the same. Only the paths
 * of config, logs and database and the mode of the logs have defaults of Leash's own.
 */
export const osqueryFlags: readonly FlagSpec[] = [
  ...area('shell', [
    flag('A', 'string', '', { scope: 'shell', description: 'print all of this table' }),
    flag('L', 'bool', 'false', { scope: 'shell', description: 'list tables' }),
    flag('connect', 'string', '', {
      scope: 'shell',
      description: "ask the daemon behind this control socket or extension manager's socket",
    }),
    flag('csv', 'bool', 'false', { scope: 'shell', description: 'print comma-separated values' }),
    flag('header', 'bool', 'true', { scope: 'shell', description: 'begin with the names of the columns' }),
    flag('json', 'bool', 'false', { scope: 'shell', description: 'print a JSON array' }),
    flag('json_pretty', 'bool', 'false', { scope: 'shell', description: 'print an indented JSON array' }),
    flag('line', 'bool', 'false', { scope: 'shell', description: 'print each column on a line of its own' }),
    flag('list', 'bool', 'false', {
      scope: 'shell',
      description: 'print rows with the separator between values',
    }),
    flag('output', 'string', '', { scope: 'shell', description: 'write what would be printed to this file' }),
    flag('pack', 'string', '', { scope: 'shell', description: 'run each query of this pack of the config' }),
    flag('profile', 'int32', '0', {
      scope: 'shell',
      description: 'run the query so often and print nothing',
    }),
    flag('profile_delay', 'int32', '0', {
      hidden: true,
      description: 'wait so many seconds before and after each profile',
    }),
    flag('query', 'string', '', { scope: 'shell', description: 'run this SQL' }),
    flag('query_file', 'string', '', { scope: 'shell', description: 'run the SQL in this file' }),
    flag('separator', 'string', '|', { scope: 'shell', description: 'what stands between values in lists' }),
  ]),
  ...area('process', [
    flag('D', 'bool', 'false', { scope: 'cli' }),
    flag('S', 'bool', 'false', { scope: 'cli' }),
    flag('alarm_timeout', 'uint64', '15', { scope: 'cli' }),
    flag('allow_unsafe', 'bool', 'false', {
      hidden: true,
      description: 'take files whose owner or mode would let others change them',
    }),
    flag('daemonize', 'bool', 'false', { scope: 'cli' }),
    flag('disable_memory', 'bool', 'false'),
    flag('ephemeral', 'bool', 'false'),
    flag('experiment_list', 'string', ''),
    flag('force', 'bool', 'false', { scope: 'cli' }),
    flag('host_identifier', 'string', 'hostname', {
      description: 'what results call this host: hostname, uuid, instance, ephemeral or specified',
    }),
    flag('install', 'bool', 'false', { scope: 'cli' }),
    flag('keep_container_worker_open', 'bool', 'false', { scope: 'cli' }),
    flag('malloc_trim_threshold', 'uint64', '200'),
    flag('pidfile', 'string', '/var/run/osqueryd.pidfile', { scope: 'cli' }),
    flag('read_max', 'uint64', '52428800'),
    flag('specified_identifier', 'string', '', { description: 'the name for host_identifier=specified' }),
    flag('uninstall', 'bool', 'false', { scope: 'cli' }),
    flag('utc', 'bool', 'true', { hidden: true }),
    flag('worker_threads', 'int32', '4', { hidden: true }),
  ]),
  ...area('events', [
    flag('audit_allow_accept_socket_events', 'bool', 'true'),
    flag('audit_allow_apparmor_events', 'bool', 'false'),
    flag('audit_allow_config', 'bool', 'false'),
    flag('audit_allow_failed_socket_events', 'bool', 'false'),
    flag('audit_allow_fim_events', 'bool', 'false'),
    flag('audit_allow_fork_process_events', 'bool', 'false'),
    flag('audit_allow_kill_process_events', 'bool', 'false'),
    flag('audit_allow_null_accept_socket_events', 'bool', 'false'),
    flag('audit_allow_process_events', 'bool', 'true'),
    flag('audit_allow_seccomp_events', 'bool', 'false'),
    flag('audit_allow_selinux_events', 'bool', 'false'),
    flag('audit_allow_sockets', 'bool', 'false'),
    flag('audit_allow_unix', 'bool', 'false', { hidden: true }),
    flag('audit_allow_user_events', 'bool', 'true'),
    flag('audit_backlog_limit', 'int32', '4096'),
    flag('audit_backlog_wait_time', 'int32', '0'),
    flag('audit_debug', 'bool', 'false', { hidden: true }),
    flag('audit_fim_debug', 'bool', 'false', { hidden: true }),
    flag('audit_fim_show_accesses', 'bool', 'false', { hidden: true }),
    flag('audit_force_reconfigure', 'bool', 'false'),
    flag('audit_force_unconfigure', 'bool', 'false'),
    flag('audit_persist', 'bool', 'true'),
    flag('audit_show_partial_fim_events', 'bool', 'false', { hidden: true }),
    flag('audit_show_untracked_res_warnings', 'bool', 'false', { hidden: true }),
    flag('disable_audit', 'bool', 'true'),
    flag('disable_events', 'bool', 'false'),
    flag('enable_file_events', 'bool', 'false'),
    flag('enable_syslog', 'bool', 'false'),
    flag('events_enforce_denylist', 'bool', 'false', { hidden: true }),
    flag('events_expiry', 'uint64', '3600'),
    flag('events_max', 'uint64', '50000'),
    flag('events_optimize', 'bool', 'true'),
    flag('hardware_disabled_types', 'string', 'partition'),
    flag('syslog_events_expiry', 'uint64', '2592000'),
    flag('syslog_events_max', 'uint64', '100000'),
    flag('syslog_pipe_path', 'string', '/var/osquery/syslog_pipe'),
    flag('syslog_rate_limit', 'uint64', '100'),
  ]),
  ...area('tables', [
    flag('augeas_lenses', 'string', '/opt/osquery/share/osquery/lenses'),
    flag('disable_hash_cache', 'bool', 'false'),
    flag('docker_socket', 'string', '/var/run/docker.sock', {
      description: "Docker's socket, for the docker tables",
    }),
    flag('enable_yara_string', 'bool', 'false', { hidden: true, description: 'show what matched a sigrule' }),
    flag('hash_cache_max', 'uint32', '500'),
    flag('hash_delay', 'uint32', '20', { hidden: true }),
    flag('lxd_socket', 'string', '/var/lib/lxd/unix.socket', {
      description: "LXD's socket, for the lxd tables",
    }),
    flag('yara_delay', 'uint32', '50'),
    flag('yara_malloc_trim', 'bool', 'true', { hidden: true }),
    flag('yara_sigurl_authenticate', 'bool', 'false'),
  ]),
  ...area('aws', [
    flag('aws_access_key_id', 'string', ''),
    flag('aws_debug', 'bool', 'false'),
    flag('aws_disable_imdsv1_fallback', 'bool', 'false', {
      description: 'ask the metadata service of EC2 with a token only',
    }),
    flag('aws_enable_proxy', 'bool', 'false'),
    flag('aws_enforce_fips', 'bool', 'false', { scope: 'cli' }),
    flag('aws_firehose_endpoint', 'string', ''),
    flag('aws_firehose_period', 'uint64', '10'),
    flag('aws_firehose_region', 'string', ''),
    flag('aws_firehose_stream', 'string', ''),
    flag('aws_imdsv2_request_attempts', 'uint32', '3'),
    flag('aws_imdsv2_request_interval', 'uint32', '3'),
    flag('aws_kinesis_disable_log_status', 'bool', 'false'),
    flag('aws_kinesis_endpoint', 'string', ''),
    flag('aws_kinesis_period', 'uint64', '10'),
    flag('aws_kinesis_random_partition_key', 'bool', 'false'),
    flag('aws_kinesis_region', 'string', ''),
    flag('aws_kinesis_stream', 'string', ''),
    flag('aws_profile_name', 'string', ''),
    flag('aws_proxy_host', 'string', ''),
    flag('aws_proxy_password', 'string', ''),
    flag('aws_proxy_port', 'uint32', '0'),
    flag('aws_proxy_scheme', 'string', 'https'),
    flag('aws_proxy_username', 'string', ''),
    flag('aws_region', 'string', ''),
    flag('aws_secret_access_key', 'string', ''),
    flag('aws_session_token', 'string', ''),
    flag('aws_sts_arn_role', 'string', ''),
    flag('aws_sts_region', 'string', ''),
    flag('aws_sts_session_name', 'string', 'default'),
    flag('aws_sts_timeout', 'uint64', '3600'),
  ]),
  ...area('logger', [
    flag('buffered_log_max', 'uint64', '1000000', {
      description: 'lines that wait for a logger at most; of more, the oldest are dropped; 0: any number',
    }),
    flag('disable_logging', 'bool', 'false', { description: 'keep no results and write no result logs' }),
    flag('logger_event_type', 'bool', 'true', {
      description: 'one result line per changed row instead of one per run',
    }),
    flag('logger_kafka_acks', 'string', 'all'),
    flag('logger_kafka_brokers', 'string', 'localhost'),
    flag('logger_kafka_compression', 'string', 'none'),
    flag('logger_kafka_topic', 'string', ''),
    flag('logger_min_status', 'int32', '0'),
    flag('logger_min_stderr', 'int32', '0'),
    flag('logger_mode', 'string', '0600', {
      scope: 'cli',
      description: 'file mode of result logs, in octal',
    }),
    flag('logger_numerics', 'bool', 'false', {
      description: 'numbers in results stay numbers instead of becoming texts',
    }),
    flag('logger_path', 'string', '', {
      description:
        'directory of the logs; empty: /var/log/leash for root, else log in the database directory',
    }),
    flag('logger_plugin', 'string', 'filesystem', {
      scope: 'cli',
      description: 'who gets results: filesystem and loggers that extensions bring, with commas between them',
    }),
    flag('logger_rotate', 'bool', 'false'),
    flag('logger_rotate_max_files', 'uint64', '25'),
    flag('logger_rotate_size', 'uint64', '26214400'),
    flag('logger_snapshot_event_type', 'bool', 'false', {
      description: 'one snapshot line per row instead of one per run',
    }),
    flag('logger_status_sync', 'bool', 'false', { hidden: true }),
    flag('logger_stderr', 'bool', 'true', { scope: 'cli' }),
    flag('logger_syslog_facility', 'int32', '19'),
    flag('logger_syslog_prepend_cee', 'bool', 'false'),
    flag('logger_tls_backoff_max', 'uint64', '3600'),
    flag('logger_tls_compress', 'bool', 'false'),
    flag('logger_tls_endpoint', 'string', ''),
    flag('logger_tls_max_lines', 'uint64', '1024'),
    flag('logger_tls_max_linesize', 'uint64', '1048576'),
    flag('logger_tls_period', 'uint64', '4'),
    flag('tls_disable_status_log', 'bool', 'false'),
    flag('verbose', 'bool', 'false', { description: 'extensions are told to say more' }),
  ]),
  ...area('carver', [
    flag('carver_block_size', 'uint32', '8192', { scope: 'cli' }),
    flag('carver_compression', 'bool', 'false', { scope: 'cli' }),
    flag('carver_continue_endpoint', 'string', '', { scope: 'cli' }),
    flag('carver_disable_function', 'bool', 'true', { scope: 'cli' }),
    flag('carver_expiry', 'uint32', '86400', { scope: 'cli' }),
    flag('carver_start_endpoint', 'string', '', { scope: 'cli' }),
    flag('disable_carver', 'bool', 'true', { scope: 'cli' }),
  ]),
  ...area('config', [
    flag('config_accelerated_refresh', 'uint64', '300', {
      scope: 'cli',
      description: 'seconds between looks while the config cannot be used',
    }),
    flag('config_check', 'bool', 'false', {
      scope: 'cli',
      description: 'say what is wrong with the config and do nothing else',
    }),
    flag('config_dump', 'bool', 'false', {
      scope: 'cli',
      description: "print the config's sources as JSON lines and do nothing else",
    }),
    flag('config_enable_backup', 'bool', 'false', { scope: 'cli' }),
    flag('config_path', 'string', '/etc/leash/leash.conf', {
      scope: 'cli',
      description: 'the config file; those in the directory of this name plus .d are read after it',
    }),
    flag('config_plugin', 'string', 'filesystem', {
      scope: 'cli',
      description: 'where the config comes from: filesystem, or a plugin that an extension brings',
    }),
    flag('config_refresh', 'uint64', '0', {
      scope: 'cli',
      description: 'seconds between looks at the config; 0: only at SIGHUP and leash reload',
    }),
    flag('config_tls_endpoint', 'string', '', { scope: 'cli' }),
    flag('config_tls_max_attempts', 'uint64', '3', { scope: 'cli' }),
    flag('pack_delimiter', 'string', '_', {
      description: "what joins 'pack', the pack's name and the query's in result logs",
    }),
    flag('pack_refresh_interval', 'uint64', '3600', {
      description: "seconds for which the answer of a pack's discovery queries holds",
    }),
  ]),
  ...area('database', [
    flag('database_dump', 'bool', 'false', {
      scope: 'cli',
      description: "print the daemon's databases and do nothing else",
    }),
    flag('database_path', 'string', '', {
      scope: 'cli',
      description: "directory of the state; empty: /var/lib/leash for root, else below the user's own state",
    }),
    flag('disable_database', 'bool', 'false'),
    flag('rocksdb_background_flushes', 'int32', '4', { hidden: true }),
    flag('rocksdb_buffer_blocks', 'int32', '256', { hidden: true }),
    flag('rocksdb_merge_number', 'int32', '4', { hidden: true }),
    flag('rocksdb_write_buffer', 'int32', '16', { hidden: true }),
  ]),
  ...area('schedule', [
    flag('decorations_top_level', 'bool', 'false', {
      description: 'put decorations beside the columns of a line',
    }),
    flag('disable_caching', 'bool', 'false'),
    flag('disable_decorators', 'bool', 'false', {
      description: 'run no decorators; the lines have none',
    }),
    flag('schedule_default_interval', 'uint64', '3600', {
      description: 'seconds between runs of a query that names none',
    }),
    flag('schedule_epoch', 'uint64', '0', {
      description: 'number of the epoch; another one makes every query report all its rows again',
    }),
    flag('schedule_lognames', 'bool', 'false'),
    flag('schedule_max_drift', 'uint64', '60'),
    flag('schedule_reload', 'uint64', '3600'),
    flag('schedule_reload_sql', 'bool', 'false', { hidden: true }),
    flag('schedule_splay_percent', 'uint64', '10', {
      description:
        'how far intervals may be moved at random, and starts within them, so that neither hosts nor queries act together; 0: not at all',
    }),
    flag('schedule_timeout', 'uint64', '0'),
    flag('table_delay', 'uint64', '0'),
  ]),
  ...area('distributed', [
    flag('disable_distributed', 'bool', 'true', {
      description: 'run no queries that the distributed plugin asks for',
    }),
    flag('distributed_denylist_duration', 'uint64', '86400'),
    flag('distributed_interval', 'uint64', '60', {
      description: 'seconds between questions to the distributed plugin',
    }),
    flag('distributed_loginfo', 'bool', 'false', { description: 'say each distributed query in the log' }),
    flag('distributed_plugin', 'string', 'tls', {
      description: 'who asks distributed queries: a plugin that an extension brings',
    }),
    flag('distributed_tls_max_attempts', 'uint64', '3'),
    flag('distributed_tls_read_endpoint', 'string', ''),
    flag('distributed_tls_write_endpoint', 'string', ''),
  ]),
  ...area('tls', [
    flag('disable_enrollment', 'bool', 'false', { scope: 'cli' }),
    flag('disable_reenrollment', 'bool', 'false', { scope: 'cli' }),
    flag('dns_resolver_refresh_interval', 'int32', '60'),
    flag('enroll_always', 'bool', 'false', { scope: 'cli' }),
    flag('enroll_secret_env', 'string', '', { scope: 'cli' }),
    flag('enroll_secret_path', 'string', '', { scope: 'cli' }),
    flag('enroll_tls_endpoint', 'string', '', { scope: 'cli' }),
    flag('proxy_hostname', 'string', '', { scope: 'cli' }),
    flag('tls_accept_gzip', 'bool', 'false', { scope: 'cli' }),
    flag('tls_allow_unsafe', 'bool', 'false', { hidden: true }),
    flag('tls_client_cert', 'string', '', { scope: 'cli' }),
    flag('tls_client_key', 'string', '', { scope: 'cli' }),
    flag('tls_dump', 'bool', 'false', { hidden: true }),
    flag('tls_enroll_max_attempts', 'uint64', '12', { scope: 'cli' }),
    flag('tls_enroll_max_interval', 'uint64', '600', { scope: 'cli' }),
    flag('tls_enroll_override', 'string', 'enroll_secret', { hidden: true }),
    flag('tls_hostname', 'string', '', { scope: 'cli' }),
    flag('tls_node_api', 'bool', 'false', { hidden: true }),
    flag('tls_secret_always', 'bool', 'false', { hidden: true }),
    flag('tls_server_certs', 'string', '/opt/osquery/share/osquery/certs/certs.pem', {
      scope: 'cli',
      description: 'whom the tables curl and curl_certificate trust, a PEM bundle',
    }),
    flag('tls_session_reuse', 'bool', 'true', { scope: 'cli' }),
    flag('tls_session_timeout', 'uint32', '3600', { scope: 'cli' }),
  ]),
  ...area('extensions', [
    flag('disable_extensions', 'bool', 'false', {
      scope: 'cli',
      description: 'start no extension and open no socket for any',
    }),
    flag('extension', 'string', '', { scope: 'shell', description: 'bring this extension' }),
    flag('extensions_autoload', 'string', '/etc/osquery/extensions.load', {
      scope: 'cli',
      description: 'file with the paths of extensions to start',
    }),
    flag('extensions_default_index', 'bool', 'true', {
      description: 'take columns of extensions for index columns unless they say otherwise',
    }),
    flag('extensions_interval', 'string', '3', {
      scope: 'cli',
      description: 'seconds between two looks whether an extension answers',
    }),
    flag('extensions_require', 'string', '', {
      scope: 'cli',
      description: 'extensions without which nothing starts',
    }),
    flag('extensions_socket', 'string', '/var/osquery/osquery.em', {
      scope: 'cli',
      description: 'socket for extensions that others start',
    }),
    flag('extensions_timeout', 'string', '3', {
      scope: 'cli',
      description: 'seconds to wait for extensions at the start',
    }),
    flag('thrift_string_size_limit', 'int32', '0'),
    flag('thrift_timeout', 'uint32', '300', { description: 'seconds that an extension may stay silent' }),
    flag('thrift_verbose', 'bool', 'false'),
  ]),
  ...area('sql', [
    flag('disable_tables', 'string', '', {
      scope: 'cli',
      description: 'tables that cannot be queried, names between commas',
    }),
    flag('enable_foreign', 'bool', 'false'),
    flag('enable_tables', 'string', '', {
      scope: 'cli',
      description: 'the only tables that can be queried, names between commas',
    }),
    flag('ignore_registry_exceptions', 'bool', 'false', { hidden: true }),
    flag('ignore_table_exceptions', 'bool', 'false'),
    flag('nullvalue', 'string', '', { description: 'what stands for NULL, in results and answers too' }),
    flag('planner', 'bool', 'false', {
      scope: 'shell',
      description: 'tell on standard error what each scan of a table was told, gave and cost',
    }),
    flag('regex_max_size', 'uint32', '256', { hidden: true }),
  ]),
  ...area('watchdog', [
    flag('disable_watchdog', 'bool', 'false', {
      scope: 'cli',
      description: 'end no query for the CPU time, memory or time that it takes',
    }),
    flag('enable_extensions_watchdog', 'bool', 'false', {
      scope: 'cli',
      description: "hold extensions to osquery's limits, too",
    }),
    flag('enable_watchdog_debug', 'bool', 'false', { scope: 'cli' }),
    flag('watchdog_delay', 'uint64', '60', {
      scope: 'cli',
      description:
        'if it is set: seconds from the start in which watchdog_utilization_limit ends no query; other limits hold',
    }),
    flag('watchdog_forced_shutdown_delay', 'uint64', '4', { scope: 'cli' }),
    flag('watchdog_latency_limit', 'uint64', '0', {
      scope: 'cli',
      description: 'seconds that a query may be over watchdog_utilization_limit; 0: by level',
    }),
    flag('watchdog_level', 'int32', '0', {
      scope: 'cli',
      description: 'limits of queries: 0 normal, 1 half of that, -1 wide',
    }),
    flag('watchdog_max_delay', 'uint64', '600', {
      hidden: true,
      description: 'if it is set: seconds that what failed waits at most for its next start',
    }),
    flag('watchdog_memory_limit', 'uint64', '0', {
      scope: 'cli',
      description: 'MiB that a query may grow its worker by; 0: by level',
    }),
    flag('watchdog_utilization_limit', 'uint64', '0', {
      scope: 'cli',
      description: 'percent of all cores that a query may take for watchdog_latency_limit; 0: no such limit',
    }),
  ]),
  ...area('numeric_monitoring', [
    flag('enable_numeric_monitoring', 'bool', 'false'),
    flag('numeric_monitoring_filesystem_path', 'string', '/var/log/osquery/numeric_monitoring.log'),
    flag('numeric_monitoring_plugins', 'string', 'filesystem'),
    flag('numeric_monitoring_pre_aggregation_time', 'uint64', '60'),
  ]),
  // Flags of the libraries that osquery is built with.
  ...area('library', [
    flag('alsologtostderr', 'bool', 'false', { scope: 'cli' }),
    flag('help', 'bool', 'false', { scope: 'cli', description: 'show the flags, then end' }),
    flag('logtostderr', 'bool', 'false'),
    flag('minloglevel', 'int32', '0', { scope: 'cli' }),
    flag('stderrthreshold', 'int32', '2'),
    flag('v', 'int32', '0', { scope: 'cli' }),
    flag('version', 'bool', 'false', { scope: 'cli', description: 'show the version, then end' }),
    flag('vmodule', 'string', '', { scope: 'cli' }),
  ]),
];

/** Other names that osquery accepts for a flag. */
export const flagAliases: Readonly<Record<string, string>> = {
  config_tls_refresh: 'config_refresh',
  config_tls_accelerated_refresh: 'config_accelerated_refresh',
  osquery_log_dir: 'logger_path',
  logger_tls_max: 'logger_tls_max_linesize',
  log_numerics_as_numbers: 'logger_numerics',
  db_path: 'database_path',
  h: 'help',
};
