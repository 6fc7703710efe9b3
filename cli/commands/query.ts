import { type CommandIo, complain } from '../command-io.ts';
import { type OutputMode, osqueryFormat } from '../output/formatter.ts';
import { type Answerer, type Openers, openQueryService } from '../query-service.ts';
import { runQuery, tellOutcome } from '../run-query.ts';

/** Output formats of `leash query`, as its flags are called. */
export const queryModes: readonly OutputMode[] = ['json', 'csv', 'line', 'list', 'table'];

/** How `leash query` shows what it is told. */
export interface QueryOptions {
  readonly mode: OutputMode;
  /** Tell on standard error what each scan of a table gave and cost. */
  readonly trace: boolean;
}

/** `leash query`. Its CSV has commas; osqueryi's `|` is for leashi, whose callers expect it. */
export const query = async (
  sql: string,
  { mode, trace }: QueryOptions,
  from: Answerer,
  io: CommandIo,
  openers: Openers,
): Promise<number> => {
  const service = await openQueryService(from, openers);
  if (!service.ok) return complain(io, service.error.message);
  const format = mode === 'csv' ? { ...osqueryFormat, separator: ',' } : osqueryFormat;
  const outcome = await runQuery(service.value, sql, { mode, format }, io, { trace });
  await service.value.close();
  return tellOutcome(outcome, io);
};
