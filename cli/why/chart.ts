/** A line to draw: what grew over a run, and the limit that it ran against. */
export interface ChartSpec {
  readonly title: string;
  /** The unit behind the numbers of the axis. */
  readonly unit: string;
  /** Rising `at_ms`; at least two. */
  readonly points: readonly { readonly at_ms: number; readonly value: number }[];
  readonly limit: number;
}

/** How it may look. */
export interface ChartStyle {
  /** Columns altogether; fewer than 30 are not used well. */
  readonly columns: number;
  /** Blocks in eighths and box lines; else plain ASCII. */
  readonly unicode: boolean;
}

/** A drawn line in parts, so that whoever shows it can colour them. */
export interface ChartLine {
  readonly text: string;
  readonly part: 'title' | 'plot' | 'limit' | 'axis';
}

export const maxChart_columns = 60;
/** Title, plot, axis and times are eight lines. */
const plotRows = 5;
/** A limit this many times above all that was measured would press the curve flat: it is named, not drawn. */
const farAbove = 8;

/** `limit` crosses what the curve leaves free, `crossed` what it fills. */
const glyphs = {
  unicode: { eighths: ' ▁▂▃▄▅▆▇█', side: '┤', corner: '└', floor: '─', limit: '┄', crossed: '▓' },
  ascii: { eighths: '    ####', side: '|', corner: '+', floor: '-', limit: '-', crossed: '=' },
} as const;

/** Draws a curve as an area under it, with the limit as a line across. */
export const drawChart = (spec: ChartSpec, style: ChartStyle): readonly ChartLine[] => {
  const { points, limit, unit } = spec;
  const set = style.unicode ? glyphs.unicode : glyphs.ascii;
  const peak = points.reduce((highest, { value }) => Math.max(highest, value), 0);
  const isFar = limit > peak * farAbove;
  const top = (isFar ? peak : Math.max(limit, peak)) || 1;
  const limitRow = isFar ? -1 : Math.min(plotRows - 1, Math.floor((limit / top) * plotRows));
  const labels = Array.from({ length: plotRows }, (_, row) =>
    row === limitRow ? number(limit) : row === plotRows - 1 ? number(top) : row === 0 ? '0' : '',
  );
  const gutter = Math.max(...labels.map(({ length }) => length));
  const width = Math.max(10, Math.min(style.columns, maxChart_columns) - gutter - 2);
  const heights = columnsOf(points, width).map((value) => (value / top) * plotRows);
  const plot = labels.map((label, row): ChartLine => {
    const isLimit = row === limitRow;
    const full = isLimit ? set.crossed : set.eighths.slice(-1);
    const cells = heights.map((height) =>
      height - row >= 1 ? full : cellAt(height - row, set.eighths, isLimit ? set.limit : ' '),
    );
    return {
      text: `${label.padStart(gutter)} ${set.side}${cells.join('')}`.trimEnd(),
      part: isLimit ? 'limit' : 'plot',
    };
  });
  const end = `${number((points.at(-1)?.at_ms ?? 0) / 1000)} s`;
  const limitWords = isFar ? `limit ${number(limit)} ${unit}, far above` : `limit ${number(limit)} ${unit}`;
  return [
    { text: `${spec.title}, ${unit} (${limitWords})`, part: 'title' },
    ...plot.toReversed(),
    { text: `${' '.repeat(gutter)} ${set.corner}${set.floor.repeat(width)}`, part: 'axis' },
    { text: `${' '.repeat(gutter + 2)}0${end.padStart(width - 1)}`, part: 'axis' },
  ];
};

/** What stands in a cell that the curve fills to `fill` of its height (0 and less: not at all). */
const cellAt = (fill: number, eighths: string, empty: string): string => {
  const step = Math.round(fill * (eighths.length - 1));
  const glyph = step <= 0 ? ' ' : (eighths[step] ?? ' ');
  return glyph === ' ' ? empty : glyph;
};

/** The highest value in each of `width` equal parts of the run; between samples the line goes straight. */
const columnsOf = (points: ChartSpec['points'], width: number): readonly number[] => {
  const end_ms = points.at(-1)?.at_ms ?? 0;
  return Array.from({ length: width }, (_, column) => {
    const from_ms = (column / width) * end_ms;
    const to_ms = ((column + 1) / width) * end_ms;
    const within = points.filter(({ at_ms }) => at_ms > from_ms && at_ms <= to_ms);
    return Math.max(valueAt(points, to_ms), ...within.map(({ value }) => value));
  });
};

const valueAt = (points: ChartSpec['points'], at_ms: number): number => {
  const next = points.findIndex((point) => point.at_ms >= at_ms);
  const after = points[next];
  const before = points[next - 1];
  if (after === undefined) return points.at(-1)?.value ?? 0;
  if (before === undefined) return after.value;
  const share = (at_ms - before.at_ms) / (after.at_ms - before.at_ms);
  return before.value + (after.value - before.value) * share;
};

/** Three digits, and no zeros behind the point. */
const number = (value: number): string =>
  (value >= 100 ? Math.round(value) : Number(value.toPrecision(3))).toLocaleString('en-US');
