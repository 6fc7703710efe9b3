import type { DaemonEvent } from '../protocol/daemon-event.ts';
import { describeVerdict } from './watchdog/describe-verdict.ts';

/** What the status log says of an event. */
export interface StatusLine {
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
}

/** Undefined for what happens all the time: a run that went well is in the results, not in the status log. */
export const statusLine = (event: DaemonEvent): StatusLine | undefined => {
  switch (event.type) {
    case 'log':
      return event;
    case 'verdict':
      return { severity: 'warning', message: describeVerdict(event.verdict) };
    case 'denied': {
      const { queryId, until_unix_ms, strikes } = event.denial;
      const until = new Date(until_unix_ms).toISOString();
      return { severity: 'warning', message: `'${queryId}' is denied until ${until} (strike ${strikes}).` };
    }
    case 'query_failed':
      return { severity: 'error', message: `'${event.name}' failed: ${event.message}` };
    case 'query_ran':
      return undefined;
  }
};
