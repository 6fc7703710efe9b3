import type { DaemonStatus } from '../../protocol/control.ts';
import type { CommandIo } from '../command-io.ts';
import { terminalText } from '../output/terminal-text.ts';
import type { Openers } from '../query-service.ts';
import { withDaemon } from './with-daemon.ts';

/** `leash status [--json]`: the daemon and its workers. */
export const showStatus = (
  { control, json }: { readonly control: string | undefined; readonly json: boolean },
  io: CommandIo,
  openers: Openers,
): Promise<number> =>
  withDaemon(
    control,
    { io, openers },
    (daemon) => daemon.status(),
    (status) => (json ? `${JSON.stringify(status, null, 2)}\n` : describe(status)),
  );

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const describe = (status: DaemonStatus): string => {
  const { supervisor_rss_bytes: rss_bytes, supervisor_cpu_percent: cpu_percent } = status;
  const memory = rss_bytes === null ? '' : `, ${mib(rss_bytes)}`;
  const cpu = cpu_percent === null ? '' : `, ${cpu_percent.toFixed(1)} % of a core`;
  const lines = [
    `leashd ${status.version}, pid ${status.pid}, up ${Math.floor(status.uptime_ms / 1000)} s${memory}${cpu}`,
    `config    ${status.config_path}`,
    `state     ${status.database_path}`,
    `logs      ${status.logger_path} (${status.spooled_lines} lines wait)`,
    `schedule  ${status.scheduled_queries} queries, ${status.denied_queries} denied`,
    ...status.workers.map(
      ({ pid, state, queries, private_bytes, query }) =>
        `worker    ${pid} ${state}, ${queries} queries, ${mib(private_bytes)}${query === '' ? '' : `: ${query}`}`,
    ),
  ];
  return lines.map((line) => `${terminalText(line)}\n`).join('');
};
