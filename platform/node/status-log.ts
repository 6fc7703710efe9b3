import { pino } from 'pino';
import type { StatusLog } from '../status-log.ts';

const levels = { info: 'info', warning: 'warn', error: 'error' } as const;

/**
 * The daemon's own log: JSON lines in a file of its owner, written synchronously, since what a daemon says last is
 * what matters most. pino keeps the descriptor; the line's time is Unix milliseconds.
 */
export const fileStatusLog = (path: string): StatusLog => {
  const destination = pino.destination({ dest: path, sync: true, mode: 0o600, mkdir: false });
  const logger = pino({ base: { pid: process.pid } }, destination);
  return { write: (severity, message, fields) => logger[levels[severity]](fields ?? {}, message) };
};
