import type { Denial } from '../../protocol/denial.ts';
import type { Result } from '../../protocol/result.ts';
import { type ControlFailure, connectToDaemon, type DaemonClient } from '../control-client.ts';
import { terminalText } from '../output/terminal-text.ts';
import { complain } from '../run-query.ts';

const units_ms: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `leash denylist list`. */
export const listDenylist = (control: string): Promise<number> =>
  withDaemon(
    control,
    (daemon) => daemon.denials(),
    (denials) => (denials.length === 0 ? 'Nothing is denied.\n' : denials.map(describe).join('')),
  );

/** `leash denylist clear [NAME]`. */
export const clearDenylist = (control: string, name: string | undefined): Promise<number> =>
  withDaemon(
    control,
    (daemon) => daemon.clearDenials(name),
    (records) => `${records} record${records === 1 ? '' : 's'} cleared.\n`,
  );

/** `leash denylist add NAME --for TIME`. */
export const addToDenylist = (control: string, name: string, time: string): Promise<number> => {
  const match = /^(\d+)([smhd])$/.exec(time);
  const unit_ms = units_ms[match?.[2] ?? ''];
  if (match === null || unit_ms === undefined) {
    return Promise.resolve(complain(`--for expects a time like 90s, 10m, 2h or 1d, found '${time}'`));
  }
  return withDaemon(
    control,
    (daemon) => daemon.addDenial(name, Number(match[1]) * unit_ms),
    () => `'${terminalText(name)}' is denied for ${time}.\n`,
  );
};

const withDaemon = async <T>(
  control: string,
  call: (daemon: DaemonClient) => Promise<Result<T, ControlFailure>>,
  words: (value: T) => string,
): Promise<number> => {
  const client = await connectToDaemon(control);
  if (!client.ok) return complain(client.error.message);
  const answer = await call(client.value);
  await client.value.close();
  if (!answer.ok) return complain(answer.error.message);
  process.stdout.write(words(answer.value));
  return 0;
};

const describe = (denial: Denial): string => {
  const until = new Date(denial.until_unix_ms).toISOString();
  const why =
    denial.reason === 'operator'
      ? 'operator'
      : `${denial.reason} ${Math.round(denial.measured)} of ${denial.limit}`;
  return `${terminalText(denial.queryId)}  ${denial.state}  until ${until}  strikes ${denial.strikes}  ${why}\n`;
};
