/** One sample of a metric. */
export interface MetricSample {
  /** Name with its labels, as it stands: `http_requests_total{code="200"}`. */
  readonly metric_name: string;
  readonly metric_value: number;
}

const special: Readonly<Record<string, number>> = {
  '+inf': Number.POSITIVE_INFINITY,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};

/**
 * Samples of Prometheus' text format (prometheus.io, "Exposition formats"): `name{labels} value [timestamp]` a line, `#`
 * begins a comment. Labels may have blanks in them. A line that is no sample is left out. A time in a line is not kept,
 * as osquery keeps none.
 */
export function* parsePrometheusText(content: string): Generator<MetricSample> {
  for (const line of content.split('\n')) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const end = nameEnd(text);
    const [value = ''] = text.slice(end).trim().split(/\s+/, 1);
    const metric_value = value === '' ? undefined : (special[value.toLowerCase()] ?? Number(value));
    if (metric_value === undefined || (Number.isNaN(metric_value) && value.toLowerCase() !== 'nan')) continue;
    yield { metric_name: text.slice(0, end), metric_value };
  }
}

/** Where the name and its labels end: a `}` in a quoted label ends nothing. */
const nameEnd = (text: string): number => {
  const blank = text.search(/[\s{]/);
  if (blank === -1) return text.length;
  if (text.charAt(blank) !== '{') return blank;
  let quoted = false;
  for (let at = blank; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quoted && char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === '}' && !quoted) return at + 1;
  }
  return text.length;
};
