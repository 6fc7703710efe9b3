import fc from 'fast-check';
import t from 'tap';
import { parsePrometheusText } from '../../../workers/parsers/prometheus-text.ts';

const parse = (content: string): unknown => [...parsePrometheusText(content)].map(Object.values);

t.test('samples with labels, times and values of every kind', async (t) => {
  const content = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{path="a } b",q="\\"}"}    3.5e-05
metric_without_timestamp_and_labels 12.47

something_weird{problem="division by zero"} +Inf -3982045
other -Inf
last NaN`;
  const expected = [
    ['http_requests_total{method="post",code="200"}', 1027],
    ['http_requests_total{path="a } b",q="\\"}"}', 3.5e-5],
    ['metric_without_timestamp_and_labels', 12.47],
    ['something_weird{problem="division by zero"}', Number.POSITIVE_INFINITY],
    ['other', Number.NEGATIVE_INFINITY],
    ['last', Number.NaN],
  ];
  t.strictSame(parse(content), expected);
  t.strictSame(parse(content.replaceAll('\n', '\r\n')), expected);
});

t.test('what is no sample is left out', async (t) => {
  t.strictSame(parse(''), []);
  t.strictSame(parse('name\nname value\nname{\nname{a="b\n<html>\n#\n{} x'), []);
  t.strictSame(parse(`x ${'9'.repeat(1e6)}\n${'y'.repeat(1e6)} 1`), [
    ['x', Number.POSITIVE_INFINITY],
    ['y'.repeat(1e6), 1],
  ]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '{', '}', '"', '\\', ' ', '1', '\n', '#', '=')), (parts) => {
      parse(parts.join(''));
    }),
  );
});
