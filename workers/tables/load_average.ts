import { defineTable, type Table, text } from '../../protocol/table.ts';

const periods = ['1m', '5m', '15m'] as const;

export const loadAverage: Table = defineTable({
  name: 'load_average',
  description: 'Average number of runnable and uninterruptible threads, over one, five and fifteen minutes.',
  example: 'SELECT period, average FROM load_average;',
  columns: { period: text(), average: text() },
  *generate({ files }) {
    const averages = (files.readText('/proc/loadavg') ?? '').split(/\s+/);
    for (const [index, period] of periods.entries()) {
      const average = averages[index];
      // Six decimals, as osquery's C++ prints a double, so that differential results agree.
      if (average !== undefined && /^\d+\.\d+$/.test(average)) {
        yield { period, average: Number(average).toFixed(6) };
      }
    }
  },
});
