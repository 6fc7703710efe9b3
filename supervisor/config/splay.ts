/** As in osquery more than 100 percent means none. Unlike there 0 means none, too, and not the default. */
const isSplayed = (percent: number): boolean => percent > 0 && percent <= 100;

/**
 * An interval drawn uniformly from ± `percent` around the configured one, at least 1 s; `fraction` is in [0, 1).
 */
export const splayedInterval = (interval_s: number, percent: number, fraction: number): number => {
  const spread_s = isSplayed(percent) ? Math.floor((interval_s * percent) / 100) : 0;
  return Math.max(1, interval_s - spread_s + Math.floor(fraction * (2 * spread_s + 1)));
};

/**
 * Where in its splayed interval a query starts, drawn uniformly; 0 without splay. Drawn intervals alone would still
 * start a tenth, or a third, of a large schedule in the same second.
 */
export const splayedOffset_ms = (splayed_s: number, percent: number, fraction: number): number =>
  isSplayed(percent) ? Math.floor(fraction * splayed_s * 1000) : 0;
