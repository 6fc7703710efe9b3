/**
 * An interval drawn uniformly from ± `percent` around the configured one, at least 1 s; `fraction` is in [0, 1).
 * As in osquery more than 100 percent means none. Unlike there 0 means none too, and not the default.
 */
export const splayedInterval = (interval_s: number, percent: number, fraction: number): number => {
  const spread_s = percent > 100 ? 0 : Math.floor((interval_s * percent) / 100);
  return Math.max(1, interval_s - spread_s + Math.floor(fraction * (2 * spread_s + 1)));
};
