/** What a process has used of its host since a query began. */
export interface Usage {
  readonly cpu_ms: number;
  /** Memory over what the process had before. */
  readonly growth_bytes: number;
}

/** Usage at a moment after the beginning. */
export interface DemandPoint extends Usage {
  readonly at_ms: number;
}

/** What a query would do to its process if nobody stopped it. Both rules are shown the same. */
export interface Demand {
  readonly name: string;
  /** Kind of which there are several of different size. */
  readonly kind: string;
  readonly guilty: boolean;
  /** By time, the first one at 0; between two of them usage changes evenly. CPU time never falls. */
  readonly points: readonly DemandPoint[];
  /** After the last point: it ends, or it goes on at the rate of the last two. */
  readonly after: 'ends' | 'goes_on';
  /** Memory that stays in the process after it. */
  readonly kept_bytes: number;
  /** It is busy in one operation that no engine can interrupt. */
  readonly uninterruptible: boolean;
}

/** When it ends by itself. */
export const naturalEnd_ms = ({ points, after }: Demand): number =>
  after === 'goes_on' ? Number.POSITIVE_INFINITY : (points.at(-1)?.at_ms ?? 0);

/** Usage so long after the beginning. */
export const usageAt = ({ points, after }: Demand, at_ms: number): Usage => {
  const next = points.findIndex((point) => point.at_ms > at_ms);
  const last = points.length - 1;
  if (next === -1 && after === 'ends') return points[last] ?? nothing;
  const index = next === -1 ? last : next;
  const one = points[index - 1];
  const other = points[index];
  if (one === undefined || other === undefined) return other ?? nothing;
  const part = (at_ms - one.at_ms) / Math.max(1, other.at_ms - one.at_ms);
  const between = (from: number, to: number): number => from + (to - from) * part;
  return {
    cpu_ms: between(one.cpu_ms, other.cpu_ms),
    growth_bytes: Math.max(0, between(one.growth_bytes, other.growth_bytes)),
  };
};

const nothing: Usage = { cpu_ms: 0, growth_bytes: 0 };

/** When its CPU time passes a limit; Infinity when it never does. */
export const reachesCpu_ms = ({ points, after }: Demand, limit_ms: number): number => {
  for (const [index, other] of points.entries()) {
    const one = points[index - 1];
    if (one === undefined || other.cpu_ms <= limit_ms) continue;
    return one.at_ms + ((limit_ms - one.cpu_ms) / (other.cpu_ms - one.cpu_ms)) * (other.at_ms - one.at_ms);
  }
  const [one, other] = points.slice(-2);
  if (after === 'ends' || one === undefined || other === undefined || other.cpu_ms <= one.cpu_ms) {
    return Number.POSITIVE_INFINITY;
  }
  const perCpu_ms = (other.at_ms - one.at_ms) / (other.cpu_ms - one.cpu_ms);
  return other.at_ms + (limit_ms - other.cpu_ms) * perCpu_ms;
};

/** Queries and when each is due. */
export interface DemandLife {
  readonly cores: number;
  /** How long osquery's worker has been up when the first one is due; Leash has no such delay. */
  readonly upSince_ms: number;
  readonly starts: readonly { readonly at_ms: number; readonly demand: Demand }[];
}

/** What a rule made of one query of a life. */
export interface RuleOutcome {
  readonly demand: Demand;
  /** It got to run. */
  readonly ran: boolean;
  /** It was stopped, and the record says so under its name. */
  readonly stopped: boolean;
  /** After how long, from its beginning; undefined when it was not stopped. */
  readonly after_ms: number | undefined;
}

/** What a rule made of a life. */
export interface LifeOutcome {
  readonly outcomes: readonly RuleOutcome[];
  /** Stops that a guilty query caused, and those of them for which another one, or none, was blamed. */
  readonly stops: number;
  readonly wrongBlames: number;
}
