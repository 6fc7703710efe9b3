import type { QueryOutcome, QueryService, QueryWish } from '../protocol/control.ts';
import { type CommandIo, complain } from './command-io.ts';
import type { FormatOptions, OutputMode } from './output/formatter.ts';
import { ResultPrinter } from './output/printer.ts';
import { traceText } from './output/trace-text.ts';

/** How a result is printed. */
export interface PrintOptions {
  readonly mode: OutputMode;
  readonly format: FormatOptions;
}

/** Where rows go, and who is told how many there were. */
export interface RowsTo extends Pick<CommandIo, 'out' | 'outIsTerminal'> {
  readonly counted?: (rows: number) => void;
}

/** Prints what queries give. */
export const printerOf = (
  { mode, format }: PrintOptions,
  { out, outIsTerminal, counted }: RowsTo,
): ResultPrinter => new ResultPrinter({ mode, format, terminal: outIsTerminal, write: out, counted });

/** Runs one query and prints its rows as they come. How it ended is for `tellOutcome`. */
export const runQuery = async (
  service: QueryService,
  sql: string,
  print: PrintOptions,
  to: RowsTo,
  wish: QueryWish = {},
): Promise<QueryOutcome> => {
  const printer = printerOf(print, to);
  const outcome = await runInto(printer, service, sql, wish);
  if (outcome.failure === undefined) printer.finish();
  return outcome;
};

/** The same with a printer that other queries print with, too: who made it ends it, unless the query failed. */
export const runInto = async (
  printer: ResultPrinter,
  service: QueryService,
  sql: string,
  wish: QueryWish,
): Promise<QueryOutcome> => {
  const outcome = await service.query(sql, printer, wish);
  if (outcome.failure === undefined) printer.endResult();
  else printer.abandon();
  return outcome;
};

/**
 * Says what a query warned of, what its scans cost where that was asked for, and why it failed; gives the exit code.
 * `place`: where the query stands, before what is said of its failure.
 */
export const tellOutcome = (
  { failure, warnings, trace, cost }: QueryOutcome,
  io: CommandIo,
  place = '',
): 0 | 1 => {
  if (trace !== undefined) io.err(traceText(trace, cost));
  for (const warning of warnings) io.err(`Warning: ${warning}\n`);
  return failure === undefined ? 0 : complain(io, `${place}${failure.message}`);
};
