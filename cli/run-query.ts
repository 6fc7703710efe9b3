import type { QueryService } from '../protocol/control.ts';
import { type CommandIo, complain } from './command-io.ts';
import type { FormatOptions, OutputMode } from './output/formatter.ts';
import { ResultPrinter } from './output/printer.ts';

/** How a result is printed. */
export interface PrintOptions {
  readonly mode: OutputMode;
  readonly format: FormatOptions;
}

/** Runs one query and prints its rows as they come; gives the exit code. */
export const runQuery = async (
  service: QueryService,
  sql: string,
  { mode, format }: PrintOptions,
  io: CommandIo,
): Promise<0 | 1> => {
  const printer = new ResultPrinter({ mode, format, terminal: io.outIsTerminal, write: io.out });
  const { failure, warnings } = await service.query(sql, printer);
  if (failure === undefined) printer.finish();
  else printer.abandon();
  for (const warning of warnings) io.err(`Warning: ${warning}\n`);
  return failure === undefined ? 0 : complain(io, failure.message);
};
