import { styleText } from 'node:util';
import { nodeClock } from '../platform/node/clock.ts';
import type { DaemonEvent } from '../protocol/daemon-event.ts';
import { terminalText } from './output/terminal-text.ts';

type Colour = Parameters<typeof styleText>[0];

/** One line for a person about something that the daemon did; colours on a terminal only. */
export const eventLine = (event: DaemonEvent, colours: boolean): string => {
  const time = new Date(nodeClock.unixMs()).toTimeString().slice(0, 8);
  const paint = (colour: Colour, text: string): string => (colours ? styleText(colour, text) : text);
  const line = (colour: Colour, mark: string, text: string): string =>
    `${paint('dim', time)} ${paint(colour, mark)} ${terminalText(text)}\n`;
  switch (event.type) {
    case 'query_ran': {
      const changed = event.snapshot
        ? `${event.rows} rows`
        : `${event.rows} rows, +${event.added} -${event.removed}`;
      const { wall_ms, user_ms, system_ms, memory_bytes } = event.cost;
      const cost = `${wall_ms.toFixed(1)} ms, cpu ${(user_ms + system_ms).toFixed(1)} ms, ${(memory_bytes / 2 ** 20).toFixed(1)} MiB`;
      const colour = event.added + event.removed > 0 ? 'green' : 'dim';
      return line(colour, 'ran   ', `${event.name.padEnd(20)} ${changed.padEnd(24)} ${cost}`);
    }
    case 'query_failed':
      return line('red', 'failed', `${event.name.padEnd(20)} ${event.message}`);
    case 'denied':
      return line(
        'yellow',
        'denied',
        `${event.denial.queryId} until ${new Date(event.denial.until_unix_ms).toISOString()}`,
      );
    case 'log':
      return line(
        event.severity === 'info' ? 'cyan' : 'yellow',
        event.severity.padEnd(6).slice(0, 6),
        event.message,
      );
    // A log line tells it too.
    case 'verdict':
      return '';
  }
};
