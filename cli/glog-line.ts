import { nodeClock } from '../platform/node/clock.ts';
import type { Severity } from '../platform/status-log.ts';

const letters: Readonly<Record<Severity, string>> = { info: 'I', warning: 'W', error: 'E' };
const two = (value: number): string => String(value).padStart(2, '0');

/** A status line as osquery writes it to standard error: severity, local time, pid, source, message. */
export const glogLine = (severity: Severity, message: string, pid: number): string => {
  const now = new Date(nodeClock.unixMs());
  const day = `${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const clock = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
  const micros = String(now.getMilliseconds() * 1000).padStart(6, '0');
  return `${letters[severity]}${day} ${clock}.${micros} ${String(pid).padStart(5)} leash] ${message}`;
};
