import type { FormatOptions, OutputMode } from '../output/formatter.ts';
import type { PrintOptions } from '../run-query.ts';

/** What `.mode` takes. */
export const shellModes = ['csv', 'column', 'line', 'list', 'pretty'] as const;

export type ShellMode = (typeof shellModes)[number];

/** What meta commands change, for the statements after them. */
export interface ShellSettings {
  mode: ShellMode;
  /** What `pretty` prints: a box, unless flags say JSON. */
  readonly pretty: Extract<OutputMode, 'table' | 'json' | 'json_pretty'>;
  header: boolean;
  separator: string;
  nullvalue: string;
  widths: readonly number[];
  /** Repeat each command and statement before it runs. */
  echo: boolean;
  /** Stop at the first error. */
  bail: boolean;
  timer: boolean;
  /** Stop at each screenful on a terminal. */
  pager: boolean;
}

/** How results are printed now; `terminal`: what only a screen has. */
export const printOptionsOf = (
  { mode, pretty, header, separator, nullvalue, widths }: ShellSettings,
  terminal: Pick<FormatOptions, 'fit_columns' | 'colours'> = {},
): PrintOptions => ({
  mode: mode === 'pretty' ? pretty : mode,
  format: { separator, header, nullvalue, widths, ...terminal },
});
