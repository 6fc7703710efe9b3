import { connectToDaemon, type DaemonClient } from '../cli/control-client.ts';
import type { CellRow } from '../protocol/cell.ts';
import type { WorkerStatus } from '../protocol/control.ts';
import { makeHome, startDaemon } from '../test/system/daemon-harness.ts';

/** A daemon from the built bundles (npm run build) in a private directory, and a client of its control socket. */
export interface BuiltDaemon {
  readonly pid: number;
  readonly client: DaemonClient;
  /** A client of its own, for what goes on beside `client`; whoever asks closes it. */
  connect(): Promise<DaemonClient>;
  workers(): Promise<readonly WorkerStatus[]>;
  /** Runs a statement to its end; throws when it fails. */
  query(sql: string): Promise<void>;
  /** Its rows, as they came. */
  rows(sql: string): Promise<readonly CellRow[]>;
  stop(): Promise<void>;
}

/** Starts one with this schedule. */
export const startBuiltDaemon = async (
  schedule: Readonly<Record<string, object>>,
  flags: readonly string[] = [],
): Promise<BuiltDaemon> => {
  const home = makeHome({ schedule });
  const daemon = await startDaemon(home, flags);
  const connect = async (): Promise<DaemonClient> => {
    const connected = await connectToDaemon(home.control);
    if (!connected.ok) throw new Error(connected.error.message);
    return connected.value;
  };
  const client = await connect();
  return {
    pid: daemon.pid,
    client,
    connect,
    workers: async () => {
      const status = await client.status();
      if (!status.ok) throw new Error(status.error.message);
      return status.value.workers;
    },
    query: async (sql) => void (await rowsOf(client, sql)),
    rows: (sql) => rowsOf(client, sql),
    stop: async () => {
      await client.close();
      await daemon.end('SIGTERM');
      home.remove();
    },
  };
};

const rowsOf = async (client: DaemonClient, sql: string): Promise<readonly CellRow[]> => {
  const rows: CellRow[] = [];
  const { failure } = await client.query(sql, {
    columns: () => undefined,
    rows: (payload) => void rows.push(...(JSON.parse(Buffer.from(payload).toString()) as CellRow[])),
  });
  if (failure !== undefined) throw new Error(`${sql}: ${failure.message}`);
  return rows;
};
