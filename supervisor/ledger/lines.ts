import type { LineOptions } from '../../platform/ledger.ts';
import { type RowMap, renderRow } from './rows.ts';

/** What stands in every line of a run besides its rows. */
export interface LineFacts {
  readonly name: string;
  readonly unix_ms: number;
  readonly counter: number;
}

/** osquery's result line formats; each string is one line without its newline. */
export const differentialLines = (
  added: readonly RowMap[],
  removed: readonly RowMap[],
  facts: LineFacts,
  options: LineOptions,
): readonly string[] => {
  const meta = metaMembers(facts, options);
  const render = (row: RowMap): string => renderRow(row, options);
  if (!options.eventLines) {
    const rows = `{"removed":[${removed.map(render).join(',')}],"added":[${added.map(render).join(',')}]}`;
    return [`{"diffResults":${rows},${meta}}`];
  }
  const line = (row: RowMap, action: string): string =>
    `{${meta},"columns":${render(row)},"action":"${action}"}`;
  return [...removed.map((row) => line(row, 'removed')), ...added.map((row) => line(row, 'added'))];
};

/** Lines of a snapshot: one a run, or one a row with `logger_snapshot_event_type`. */
export const snapshotLines = (
  rows: readonly RowMap[],
  facts: LineFacts,
  options: LineOptions,
): readonly string[] => {
  const meta = metaMembers(facts, options);
  const render = (row: RowMap): string => renderRow(row, options);
  if (options.snapshotEventLines) {
    return rows.map((row) => `{${meta},"columns":${render(row)},"action":"snapshot"}`);
  }
  return [`{"snapshot":[${rows.map(render).join(',')}],"action":"snapshot",${meta}}`];
};

const metaMembers = (facts: LineFacts, options: LineOptions): string => {
  const unixTime = Math.floor(facts.unix_ms / 1000);
  const members: string[] = [
    `"name":${JSON.stringify(facts.name)}`,
    `"hostIdentifier":${JSON.stringify(options.hostIdentifier)}`,
    `"calendarTime":"${calendarTime(unixTime)}"`,
    `"unixTime":${unixTime}`,
    `"epoch":${options.epoch}`,
    `"counter":${facts.counter}`,
    `"numerics":${options.numerics}`,
  ];
  const decorations = Object.entries(options.decorations).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  if (decorations.length > 0) {
    members.push(
      options.decorationsTopLevel ? decorations.join(',') : `"decorations":{${decorations.join(',')}}`,
    );
  }
  return members.join(',');
};

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** C's asctime layout in UTC: the day of the month is padded with a blank. */
export const calendarTime = (unix_s: number): string => {
  const date = new Date(unix_s * 1000);
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${weekdays[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${clock} ${date.getUTCFullYear()} UTC`;
};
