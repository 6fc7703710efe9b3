import type { DaemonStatus } from '../../protocol/control.ts';
import type { ExtensionStatus } from '../../protocol/extension/state.ts';
import { disabledNotice } from '../../supervisor/config/watchdog-flags.ts';
import type { CommandIo } from '../command-io.ts';
import { terminalText } from '../output/terminal-text.ts';
import type { Openers } from '../query-service.ts';
import { limitLines } from './limit-lines.ts';
import { withDaemon } from './with-daemon.ts';

/** How the status is shown; without either a summary. */
export interface StatusOptions {
  readonly control: string | undefined;
  readonly json: boolean;
  readonly tree: boolean;
}

/** `leash status [--json|--tree]`: the daemon and its workers, or its actors. */
export const showStatus = (
  { control, json, tree }: StatusOptions,
  io: CommandIo,
  openers: Openers,
): Promise<number> =>
  withDaemon(
    control,
    { io, openers },
    (daemon) => daemon.status(),
    (status) => {
      if (json) return `${JSON.stringify(status, null, 2)}\n`;
      return tree ? lines(status.actor_tree.split('\n')) : describe(status);
    },
  );

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const describe = (status: DaemonStatus): string => {
  const { supervisor_rss_bytes: rss_bytes, supervisor_cpu_percent: cpu_percent } = status;
  const memory = rss_bytes === null ? '' : `, ${mib(rss_bytes)}`;
  const cpu = cpu_percent === null ? '' : `, ${cpu_percent.toFixed(1)} % of a core`;
  return lines([
    `leashd ${status.version}, pid ${status.pid}, up ${Math.floor(status.uptime_ms / 1000)} s${memory}${cpu}`,
    `config    ${status.config_path}`,
    `state     ${status.database_path}`,
    `logs      ${status.logger_path} (${status.spooled_lines} lines wait)`,
    `schedule  ${status.scheduled_queries} queries, ${status.denied_queries} denied`,
    ...(status.config_valid ? [] : ["config    what its files hold now was refused: see the daemon's log"]),
    ...(status.watchdog_enabled ? [] : [`watchdog  ${disabledNotice}`]),
    ...limitLines(status.limits, status.scheduled_queries),
    ...status.extensions.map(extensionLine),
    ...status.workers.map(
      ({ pid, state, queries, private_bytes, query }) =>
        `worker    ${pid} ${state}, ${queries} queries, ${mib(private_bytes)}${query === '' ? '' : `: ${query}`}`,
    ),
  ]);
};

const extensionLine = (extension: ExtensionStatus): string => {
  const { name, state, pid, restarts, private_bytes, processes, away_tables, note } = extension;
  const runs = pid === 0 ? '' : `, pid ${pid}, ${processes} processes, ${mib(private_bytes)}`;
  const away = away_tables.length === 0 ? '' : `, without its tables ${away_tables.join(', ')}`;
  return `extension ${name} ${state}${runs}, ${restarts} restarts${away}${note === '' ? '' : `: ${note}`}`;
};

const lines = (texts: readonly string[]): string => texts.map((text) => `${terminalText(text)}\n`).join('');
