import fc from 'fast-check';
import t from 'tap';
import { type ChartSpec, drawChart, maxChart_columns } from '../../../cli/why/chart.ts';

const specs = fc
  .record({
    steps: fc.array(
      fc.record({
        step_ms: fc.double({ min: 0.1, max: 5_000, noNaN: true }),
        value: fc.double({ min: 0, max: 1e9, noNaN: true }),
      }),
      { minLength: 2, maxLength: 120 },
    ),
    limit: fc.integer({ min: 0, max: 1e9 }),
  })
  .map(({ steps, limit }): ChartSpec => {
    let at_ms = 0;
    const points = steps.map(({ step_ms, value }) => {
      at_ms += step_ms;
      return { at_ms, value };
    });
    return { title: 'CPU time', unit: 'ms', points, limit };
  });

const styles = fc.record({ columns: fc.integer({ min: 30, max: 200 }), unicode: fc.boolean() });

t.test('any run is drawn in eight lines that are no wider than asked', async (t) => {
  fc.assert(
    fc.property(specs, styles, (spec, style) => {
      const lines = drawChart(spec, style);
      const [title, ...drawn] = lines;
      return (
        lines.length === 8 &&
        title?.part === 'title' &&
        drawn.every(({ text }) => text.length <= Math.min(style.columns, maxChart_columns)) &&
        (style.unicode || lines.every(({ text }) => /^[ -~]*$/.test(text)))
      );
    }),
  );
  t.pass();
});

const rise: ChartSpec = {
  title: 'Memory growth',
  unit: 'MB',
  points: [
    { at_ms: 0, value: 0 },
    { at_ms: 2_000, value: 200 },
  ],
  limit: 100,
};

t.test('a straight rise is drawn straight, the limit as a line across', async (t) => {
  const text = drawChart(rise, { columns: 25, unicode: false }).map((line) => `${line.part} ${line.text}`);
  t.strictSame(text, [
    'title Memory growth, MB (limit 100 MB)',
    'plot 200 |                 ###',
    'plot     |             #######',
    'limit 100 |---------##=========',
    'plot     |     ###############',
    'plot   0 | ###################',
    'axis     +--------------------',
    'axis      0                2 s',
  ]);
});

t.test('what peaks between two columns is not lost', async (t) => {
  const points = Array.from({ length: 100 }, (_, index) => ({ at_ms: index, value: index === 50 ? 100 : 1 }));
  const [, top] = drawChart({ ...rise, points }, { columns: 30, unicode: false });
  t.match(top?.text, /^100 \|-+=-+$/);
});

t.test('a limit far above is named, not drawn', async (t) => {
  const lines = drawChart({ ...rise, limit: 100_000 }, { columns: 60, unicode: true });
  t.match(lines[0]?.text, 'limit 100,000 MB, far above');
  t.notOk(lines.some(({ part }) => part === 'limit'));
  t.match(lines[1]?.text, /^200 ┤.*█$/, 'and the curve has all the room');
});
