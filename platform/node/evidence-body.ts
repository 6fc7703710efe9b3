import type { Evidence, EvidencePoint } from '../../protocol/evidence.ts';

/** A point as a list, since the names of its members would be two thirds of the text. */
type StoredPoint = readonly [at_ms: number, cpu_ms: number, growth_bytes: number, read_bytes: number | null];

type StoredEvidence = Omit<Evidence, 'points'> & { readonly points: readonly StoredPoint[] };

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Evidence as `guard.db` keeps it: at most five kilobytes of JSON, times to a tenth of a millisecond. */
export const encodeEvidence = (evidence: Evidence): string =>
  JSON.stringify({
    ...evidence,
    points: evidence.points.map(({ at_ms, cpu_ms, growth_bytes, read_bytes }) => [
      tenth(at_ms),
      tenth(cpu_ms),
      Math.round(growth_bytes),
      read_bytes,
    ]),
  });

/** The same, read again. The text is one that `encodeEvidence` wrote. */
export const decodeEvidence = (body: string): Evidence => {
  const stored = JSON.parse(body) as StoredEvidence;
  return { ...stored, points: stored.points.map(pointOf) };
};

const pointOf = ([at_ms, cpu_ms, growth_bytes, read_bytes]: StoredPoint): EvidencePoint => ({
  at_ms,
  cpu_ms,
  growth_bytes,
  read_bytes,
});
