import { bigint, defineTable, double, type Table, text } from '../../protocol/table.ts';
import { parsePrometheusText } from '../parsers/prometheus-text.ts';

const bodyMax_bytes = 64 * 1024 * 1024;
const redirectsMax = 10;

export const prometheusMetrics: Table = defineTable({
  name: 'prometheus_metrics',
  description: 'Metrics of the Prometheus targets that the configuration names.',
  needs: 'net',
  columns: {
    target_name: text(),
    metric_name: text(),
    metric_value: double(),
    timestamp_ms: bigint(),
  },
  async *generate(query) {
    for (const { target_name: url, timeout_s } of query.askSupervisor('prometheus_metrics')) {
      if (typeof url !== 'string' || typeof timeout_s !== 'number') continue;
      const answer = await query.network.get({
        url,
        headers: { accept: 'text/plain' },
        timeout_ms: timeout_s * 1000,
        bodyMax_bytes,
        redirectsMax,
      });
      const timestamp_ms = query.host.wallClockMs();
      if (!answer.ok) {
        query.warn(`prometheus_metrics: ${answer.error.message}`);
        continue;
      }
      const { status, body } = answer.value;
      // osquery takes the page of an error for metrics.
      if (status !== 200) {
        query.warn(`prometheus_metrics: ${url} answered with status ${status}`);
        continue;
      }
      for (const sample of parsePrometheusText(Buffer.from(body).toString()))
        yield { target_name: url, ...sample, timestamp_ms };
    }
  },
});
