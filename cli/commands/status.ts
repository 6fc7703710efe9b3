import type { DaemonStatus } from '../../protocol/control.ts';
import { connectToDaemon } from '../control-client.ts';
import { complain } from '../run-query.ts';

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** `leash status`: the daemon and its workers. */
export const showStatus = async (control: string, json: boolean): Promise<number> => {
  const client = await connectToDaemon(control);
  if (!client.ok) return complain(client.error.message);
  const status = await client.value.status();
  await client.value.close();
  if (!status.ok) return complain(status.error.message);
  process.stdout.write(json ? `${JSON.stringify(status.value, null, 2)}\n` : describe(status.value));
  return 0;
};

const describe = (status: DaemonStatus): string => {
  const lines = [
    `leashd ${status.version}, pid ${status.pid}, up ${Math.floor(status.uptime_ms / 1000)} s, ${mib(status.supervisor_rss_bytes)}`,
    `config    ${status.config_path}`,
    `state     ${status.database_path}`,
    `logs      ${status.logger_path} (${status.spooled_lines} lines wait)`,
    `schedule  ${status.scheduled_queries} queries, ${status.denied_queries} denied`,
    ...status.workers.map(
      (worker) =>
        `worker    ${worker.pid} ${worker.state}, ${worker.queries} queries, ${mib(worker.private_bytes)}${worker.query === '' ? '' : `: ${worker.query}`}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
};
