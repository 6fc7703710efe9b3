import type { QueryService } from '../protocol/control.ts';
import { fail, ok, type Result } from '../protocol/result.ts';
import { startEmbedded } from '../supervisor/embedded.ts';
import { connectToDaemon } from './control-client.ts';
import { type OutputMode, osqueryFormat } from './output/formatter.ts';
import { ResultPrinter } from './output/printer.ts';

/** Who is to answer a query. */
export interface Answerer {
  /** Control socket of a daemon. */
  readonly control: string;
  /** True: the daemon must answer. Else a supervisor in this process does when no daemon listens. */
  readonly daemonOnly: boolean;
  /** True: never ask a daemon. */
  readonly standalone: boolean;
}

/** The daemon if its socket answers, else a supervisor in this process. */
export const openQueryService = async (from: Answerer): Promise<Result<QueryService, string>> => {
  if (!from.standalone) {
    const client = await connectToDaemon(from.control);
    if (client.ok) return client;
    if (from.daemonOnly || client.error.reason !== 'no_daemon') return fail(client.error.message);
  }
  const embedded = await startEmbedded();
  return embedded.ok ? ok(embedded.value) : fail(embedded.error.message);
};

/** Runs one query and prints its rows as they come; gives the exit code. */
export const runQuery = async (
  sql: string,
  mode: OutputMode,
  from: Answerer,
  format: Partial<typeof osqueryFormat> = {},
): Promise<number> => {
  const service = await openQueryService(from);
  if (!service.ok) return complain(service.error);
  const printer = new ResultPrinter({
    mode,
    format: { ...osqueryFormat, ...format },
    terminal: process.stdout.isTTY,
    write: (text) => void process.stdout.write(text),
  });
  const outcome = await service.value.query(sql, printer);
  await service.value.close();
  for (const warning of outcome.warnings) process.stderr.write(`Warning: ${warning}\n`);
  if (outcome.failure === undefined) {
    printer.finish();
    return 0;
  }
  printer.abandon();
  return complain(outcome.failure.message);
};

/** One sentence on standard error; the exit code of a failure. */
export const complain = (message: string): number => {
  process.stderr.write(`Error: ${message}\n`);
  return 1;
};
