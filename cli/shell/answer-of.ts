import type { ResultColumn } from '../../protocol/cell.ts';
import type { QueryService, QueryWish, RowListener } from '../../protocol/control.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import { rowsOfBatch } from '../../protocol/row-batches.ts';
import type { QueryFailure } from '../../protocol/run.ts';
import { cellText } from '../../supervisor/cell-text.ts';
import type { Answered } from './meta-command.ts';

/** The whole result of a query whose rows are few. */
export const answerOf = async (
  service: QueryService,
  sql: string,
  wish: QueryWish = {},
): Promise<Result<Answered, QueryFailure>> => {
  let columns: readonly ResultColumn[] = [];
  const rows: (readonly (string | null)[])[] = [];
  const listener: RowListener = {
    columns: (named) => {
      columns = named;
    },
    rows: (batch) => void rows.push(...rowsOfBatch(batch).map((row) => row.map(cellText))),
  };
  const { failure } = await service.query(sql, listener, wish);
  return failure === undefined ? ok({ columns, rows }) : fail(failure);
};
