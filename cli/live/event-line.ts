import { styleText } from 'node:util';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import type { RunCost } from '../../protocol/run.ts';
import { describeVerdict } from '../../supervisor/watchdog/describe-verdict.ts';
import { terminalText } from '../output/terminal-text.ts';

type Colour = Parameters<typeof styleText>[0];

/** How an event is shown. */
export interface EventLineOptions {
  /** When it happened, as shown: `13:26:06`. */
  readonly time: string;
  readonly colours: boolean;
  /** A longer line is cut, so that it takes one row of a terminal. Absent: never cut. */
  readonly columns?: number | undefined;
}

/** What an event is called and what is said about it. */
interface Words {
  readonly mark: string;
  readonly colour: Colour;
  readonly text: string;
}

const nameWidth = 24;
const changeWidth = 22;

/** One line for a person about something that the daemon did, without its line end. */
export const eventLine = (event: DaemonEvent, { time, colours, columns }: EventLineOptions): string => {
  const { mark, colour, text } = wordsOf(event);
  const head = `${time} ${mark.padEnd(7)} `;
  const room = columns === undefined ? undefined : Math.max(0, columns - head.length);
  const shown = cut(terminalText(text), room);
  if (!colours) return `${head}${shown}`;
  return `${styleText('dim', time, always)} ${styleText(colour, mark.padEnd(7), always)} ${shown}`;
};

/** Whether there are colours is decided by the caller, who knows the stream. */
const always = { validateStream: false } as const;

const wordsOf = (event: DaemonEvent): Words => {
  switch (event.type) {
    case 'query_ran':
      return {
        mark: 'ran',
        colour: event.added + event.removed > 0 ? 'green' : 'dim',
        text: `${event.name.padEnd(nameWidth)} ${changeOf(event).padEnd(changeWidth)} ${costOf(event.cost)}`,
      };
    case 'query_failed':
      return { mark: 'failed', colour: 'red', text: `${event.name.padEnd(nameWidth)} ${event.message}` };
    case 'verdict':
      return { mark: 'verdict', colour: 'red', text: describeVerdict(event.verdict) };
    case 'denied':
      return {
        mark: 'denied',
        colour: 'yellow',
        text: `${event.denial.queryId.padEnd(nameWidth)} until ${new Date(event.denial.until_unix_ms).toISOString()}, strike ${event.denial.strikes}`,
      };
    case 'log':
      return { mark: event.severity, colour: severityColours[event.severity], text: event.message };
  }
};

const severityColours = { info: 'cyan', warning: 'yellow', error: 'red' } as const;

type QueryRan = Extract<DaemonEvent, { type: 'query_ran' }>;

const changeOf = ({ snapshot, rows, added, removed }: QueryRan): string => {
  const counted = `${rows} ${rows === 1 ? 'row' : 'rows'}`;
  return snapshot ? counted : `${counted}, +${added} -${removed}`;
};

const costOf = ({ wall_ms, user_ms, system_ms, memory_bytes }: RunCost): string =>
  `${wall_ms.toFixed(1).padStart(7)} ms, cpu ${(user_ms + system_ms).toFixed(1).padStart(6)} ms, ${(memory_bytes / 2 ** 20).toFixed(1)} MiB`;

const cut = (text: string, room: number | undefined): string => {
  if (room === undefined || text.length <= room) return text;
  if (room === 0) return '';
  const points = [...text];
  return points.length <= room ? text : `${points.slice(0, room - 1).join('')}…`;
};
