import type { Cell, ResultColumn } from '../../protocol/cell.ts';
import type { RowListener } from '../../protocol/control.ts';
import { rowsOfBatch } from '../../protocol/row-batches.ts';
import { cellText } from '../../supervisor/cell-text.ts';
import { createFormatter, type FormatOptions, type OutputMode, type RowFormatter } from './formatter.ts';
import { terminalJson, terminalText } from './terminal-text.ts';

/** Where a result goes. */
export interface PrinterOptions {
  readonly mode: OutputMode;
  readonly format: FormatOptions;
  /** True where a person's terminal shows it: control characters in the host's names are escaped. */
  readonly terminal: boolean;
  readonly write: (text: string) => void;
  /** Told how many rows each batch has. */
  readonly counted?: ((rows: number) => void) | undefined;
}

/**
 * Prints results as they arrive, one write a batch of rows. A result ends where the next one begins, but in JSON they are
 * one array. Call `finish` or `abandon` at the end.
 */
export class ResultPrinter implements RowListener {
  readonly #options: PrinterOptions;
  readonly #json: boolean;
  #formatter: RowFormatter | undefined;
  #midLine = false;

  constructor(options: PrinterOptions) {
    this.#options = options;
    this.#json = options.mode === 'json' || options.mode === 'json_pretty';
  }

  columns(columns: readonly ResultColumn[]): void {
    const formatter = this.#next();
    const shown = this.#escapesCells
      ? columns.map(({ name, type }) => ({ name: terminalText(name), type }))
      : columns;
    this.#write(formatter.begin(shown));
  }

  #next(): RowFormatter {
    if (!this.#json) this.finish();
    this.#formatter ??= createFormatter(this.#options.mode, this.#options.format);
    return this.#formatter;
  }

  rows(batch: Uint8Array): void {
    const formatter = this.#formatter;
    if (formatter === undefined) throw new Error('rows came before their columns');
    const rows = rowsOfBatch(batch);
    this.#options.counted?.(rows.length);
    let text = '';
    for (const row of rows) text += formatter.row(this.#escapesCells ? row.map(safeCell) : row);
    this.#write(text);
  }

  /** The result is complete; others may follow. */
  endResult(): void {
    if (!this.#json) this.finish();
  }

  /** All is complete. */
  finish(): void {
    const formatter = this.#formatter;
    this.#formatter = undefined;
    if (formatter !== undefined) this.#write(formatter.end());
  }

  /** The query failed: what was printed stays open-ended, so that no reader takes it for a whole result. */
  abandon(): void {
    this.#formatter = undefined;
    if (this.#midLine) this.#write('\n');
  }

  /** JSON is escaped as a whole, after it was encoded; the other formats need the escaped width of each cell. */
  get #escapesCells(): boolean {
    return this.#options.terminal && !this.#json;
  }

  #write(text: string): void {
    if (text === '') return;
    this.#midLine = !text.endsWith('\n');
    this.#options.write(this.#options.terminal && this.#json ? terminalJson(text) : text);
  }
}

const safeCell = (cell: Cell): Cell => {
  if (cell === null || typeof cell === 'number') return cell;
  if (typeof cell !== 'string' && !('blob' in cell)) return cell;
  return terminalText(cellText(cell) ?? '');
};
