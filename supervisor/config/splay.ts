/** An interval drawn uniformly from ± `percent` around the configured one, at least 1; `fraction` is in [0, 1). */
export const splayedInterval = (interval_s: number, percent: number, fraction: number): number => {
  const spread = Math.floor((interval_s * percent) / 100);
  return Math.max(1, interval_s - spread + Math.floor(fraction * (2 * spread + 1)));
};
