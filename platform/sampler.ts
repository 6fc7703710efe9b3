import type { Failure, Result } from '../protocol/result.ts';
import type { ProcessIdentity, Sample } from '../protocol/sample.ts';

export type SampleFailure = Failure<'process_gone' | 'not_readable'>;

/** A process under observation. Holds descriptors until closed. */
export interface SampleSource {
  read(): Result<Sample, SampleFailure>;
  /** Bytes that the process asked to read so far (`rchar` of /proc/<pid>/io); undefined where not readable. */
  readBytes(): number | undefined;
  close(): void;
}

/** Observes processes. */
export interface Sampler {
  open(process: ProcessIdentity): Result<SampleSource, SampleFailure>;
}
