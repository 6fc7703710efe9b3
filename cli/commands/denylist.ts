import type { Denial } from '../../protocol/denial.ts';
import { type CommandIo, complain } from '../command-io.ts';
import { parseDuration_ms } from '../duration.ts';
import { terminalText } from '../output/terminal-text.ts';
import type { Openers } from '../query-service.ts';
import { withDaemon } from './with-daemon.ts';

/** `leash denylist list [--json]`. */
export const listDenylist = (
  { control, json }: { readonly control: string | undefined; readonly json: boolean },
  io: CommandIo,
  openers: Openers,
): Promise<number> =>
  withDaemon(
    control,
    { io, openers },
    (daemon) => daemon.denials(),
    (denials) => {
      if (json) return `${JSON.stringify(denials, null, 2)}\n`;
      return denials.length === 0 ? 'Nothing is denied.\n' : denials.map(describe).join('');
    },
  );

/** `leash denylist clear [NAME]`. */
export const clearDenylist = (
  control: string | undefined,
  name: string | undefined,
  io: CommandIo,
  openers: Openers,
): Promise<number> =>
  withDaemon(
    control,
    { io, openers },
    (daemon) => daemon.clearDenials(name),
    (records) => `${records} ${records === 1 ? 'record' : 'records'} cleared.\n`,
  );

/** `leash denylist add NAME --for TIME`. */
export const addToDenylist = (
  control: string | undefined,
  name: string,
  time: string,
  io: CommandIo,
  openers: Openers,
): Promise<number> => {
  const for_ms = parseDuration_ms(time);
  if (for_ms === undefined) {
    return Promise.resolve(complain(io, `--for expects a time like 90s, 10m, 2h or 1d, found '${time}'`));
  }
  return withDaemon(
    control,
    { io, openers },
    (daemon) => daemon.addDenial(name, for_ms),
    () => `'${terminalText(name)}' is denied for ${time}.\n`,
  );
};

const describe = (denial: Denial): string => {
  const until = new Date(denial.until_unix_ms).toISOString();
  const why =
    denial.reason === 'operator'
      ? 'operator'
      : `${denial.reason} ${Math.round(denial.measured)} of ${denial.limit}`;
  return `${terminalText(denial.queryId)}  ${denial.state}  until ${until}  strikes ${denial.strikes}  ${why}\n`;
};
