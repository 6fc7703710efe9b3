import type { Budget } from '../../protocol/budget.ts';
import type { Evidence, EvidencePoint, ExtensionEvidence, RunEvidence } from '../../protocol/evidence.ts';
import type { VerdictReason } from '../../protocol/verdict.ts';
import type { ChartSpec } from './chart.ts';

const mebibyte = 2 ** 20;
/** Long enough to even out the stops of a throttled run. */
const shareWindow_ms = 1_000;

/** The curves that tell why something was judged. A curve that never left zero is left out. */
export const curvesOf = (evidence: Evidence, reason: VerdictReason): readonly ChartSpec[] => {
  const charts = evidence.subject === 'query' ? runCurves(evidence, reason) : familyCurves(evidence, reason);
  return charts.filter((chart) => chart.points.length > 1 && chart.points.some(({ value }) => value > 0));
};

/**
 * The curves of a judged run: CPU time, or the share of a core when that was the limit; memory; and what was read
 * when that was the limit.
 */
const runCurves = ({ points, budget }: RunEvidence, reason: VerdictReason): readonly ChartSpec[] => {
  const curve = (value: (point: EvidencePoint) => number): ChartSpec['points'] =>
    points.map((point) => ({ at_ms: point.at_ms, value: value(point) }));
  const cpu = cpuCurve(points, budget, reason);
  const memory = {
    title: 'Memory growth',
    unit: 'MB',
    points: curve(({ growth_bytes }) => growth_bytes / mebibyte),
    limit: budget.memory_mb,
  };
  const reads = {
    title: 'Read',
    unit: 'MB',
    points: points.flatMap(({ at_ms, read_bytes }) =>
      read_bytes === null ? [] : [{ at_ms, value: read_bytes / mebibyte }],
    ),
    limit: budget.read_mb,
  };
  return reason === 'read_mb' ? [cpu, memory, reads] : [cpu, memory];
};

/** The curves of an extension: memory, and what else was the limit. */
const familyCurves = ({ points, budget }: ExtensionEvidence, reason: VerdictReason): readonly ChartSpec[] => {
  const curve = (
    title: string,
    unit: string,
    limit: number,
    value: (point: EvidencePoint) => number,
  ): ChartSpec => ({
    title,
    unit,
    points: points.map((point) => ({ at_ms: point.at_ms, value: value(point) })),
    limit,
  });
  const memory = curve('Memory', 'MB', budget.memory_mb, ({ growth_bytes }) => growth_bytes / mebibyte);
  if (reason === 'cpu_percent') {
    const title = `CPU over ${budget.cpu_window_ms} ms`;
    const share = shares(points, budget.cpu_window_ms);
    return [{ title, unit: '% of one core', points: share, limit: budget.cpu_percent }, memory];
  }
  if (reason === 'processes') {
    return [curve('Processes', '', budget.processes, ({ processes }) => processes ?? 0), memory];
  }
  if (reason === 'descriptors') {
    return [curve('Descriptors', '', budget.descriptors, ({ descriptors }) => descriptors ?? 0), memory];
  }
  return [memory];
};

/** The share of a core where that was the limit, else CPU time. */
const cpuCurve = (points: readonly EvidencePoint[], budget: Budget, reason: VerdictReason): ChartSpec => {
  const share = (window_ms: number, limit: number): ChartSpec => ({
    title: `CPU over ${window_ms} ms`,
    unit: '% of one core',
    points: shares(points, window_ms),
    limit,
  });
  if (reason === 'cpu_percent') return share(budget.cpu_window_ms, budget.cpu_percent);
  if (reason === 'throttle_percent') return share(shareWindow_ms, budget.throttle_percent);
  const used = points.map(({ at_ms, cpu_ms }) => ({ at_ms, value: cpu_ms }));
  return { title: 'CPU time', unit: 'ms', points: used, limit: budget.cpu_ms };
};

/** Share of a core over the window before each point; near the beginning over what there is. */
const shares = (points: readonly EvidencePoint[], window_ms: number): ChartSpec['points'] =>
  points.flatMap((point, index) => {
    const first = points.findLast(({ at_ms }) => at_ms <= point.at_ms - window_ms) ?? points[0];
    if (index === 0 || first === undefined || point.at_ms <= first.at_ms) return [];
    const value = ((point.cpu_ms - first.cpu_ms) / (point.at_ms - first.at_ms)) * 100;
    return [{ at_ms: point.at_ms, value }];
  });
