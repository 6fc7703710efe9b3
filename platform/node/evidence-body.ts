import type { Evidence, EvidencePoint } from '../../protocol/evidence.ts';

/** A point as a list, since the names of its members would be two thirds of the text. */
type StoredPoint = readonly [
  at_ms: number,
  cpu_ms: number,
  growth_bytes: number,
  read_bytes: number | null,
  processes?: number,
  descriptors?: number,
];

type Stored<E extends Evidence> = E extends Evidence
  ? Omit<E, 'points'> & { readonly points: readonly StoredPoint[] }
  : never;

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Evidence as `guard.db` keeps it: at most five kilobytes of JSON, times to a tenth of a millisecond. */
export const encodeEvidence = (evidence: Evidence): string =>
  JSON.stringify({
    ...evidence,
    points: evidence.points.map(({ at_ms, cpu_ms, growth_bytes, read_bytes, processes, descriptors }) => [
      tenth(at_ms),
      tenth(cpu_ms),
      Math.round(growth_bytes),
      read_bytes,
      ...(processes === undefined ? [] : [processes, descriptors]),
    ]),
  });

/** The same, read again. The text is one that `encodeEvidence` wrote. */
export const decodeEvidence = (body: string): Evidence => {
  const stored = JSON.parse(body) as Stored<Evidence>;
  return { ...stored, points: stored.points.map(pointOf) };
};

const pointOf = ([
  at_ms,
  cpu_ms,
  growth_bytes,
  read_bytes,
  processes,
  descriptors,
]: StoredPoint): EvidencePoint => ({
  at_ms,
  cpu_ms,
  growth_bytes,
  read_bytes,
  ...(processes === undefined || descriptors === undefined ? {} : { processes, descriptors }),
});
