/** osquery's event tables on Linux: each answers what its publisher saw since the query last looked. */
export const eventTables = [
  'apparmor_events',
  'file_events',
  'hardware_events',
  'process_events',
  'process_file_events',
  'seccomp_events',
  'selinux_events',
  'socket_events',
  'syslog_events',
  'user_events',
  'yara_events',
] as const;

export type EventTable = (typeof eventTables)[number];
