/** osquery's severities. */
export type Severity = 'info' | 'warning' | 'error';

/** Where the daemon says what it does. Fields carry units in their names. */
export interface StatusLog {
  write(severity: Severity, message: string, fields?: Readonly<Record<string, unknown>>): void;
}
