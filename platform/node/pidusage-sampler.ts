import type pidusage from 'pidusage';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { ProcessIdentity, Sample } from '../../protocol/sample.ts';
import type { Clock } from '../clock.ts';
import type { SampleFailure, Sampler, SampleSource } from '../sampler.ts';

/** pidusage as this sampler uses it. */
export type Usage = (pid: number) => Promise<Pick<pidusage.Status, 'ctime' | 'elapsed' | 'memory'>>;

/**
 * The portable sampler, for processes that are looked at once in seconds: extensions and the supervisor itself.
 * pidusage answers later, so `read` gives the reading that the read before it asked for (the first one gives
 * `not_readable`), with the time at which it was taken. `private_bytes` is resident memory with shared pages: an
 * upper bound. The bytes that a process read are not known.
 */
export const createPidusageSampler = (clock: Clock, usage: Usage): Sampler => ({
  open: (process) => ok(new PidusageSource(process, clock, usage)),
});

type Reading = Result<{ readonly sample: Sample; readonly elapsed_ms: number }, SampleFailure>;

class PidusageSource implements SampleSource {
  readonly #process: ProcessIdentity;
  readonly #clock: Clock;
  readonly #usage: Usage;
  #latest: Reading;
  #asking = false;
  #open = true;

  constructor(process: ProcessIdentity, clock: Clock, usage: Usage) {
    this.#process = process;
    this.#clock = clock;
    this.#usage = usage;
    const message = `process ${process.pid} was not looked at yet`;
    this.#latest = fail({ reason: 'not_readable', message });
    this.#ask();
  }

  read(): Result<Sample, SampleFailure> {
    const latest = this.#latest;
    this.#ask();
    return latest.ok ? ok(latest.value.sample) : latest;
  }

  readBytes(): undefined {
    return undefined;
  }

  close(): void {
    this.#open = false;
    this.#latest = this.#gone('is no longer watched');
  }

  /** One question at a time, and none after the process was found gone. */
  #ask(): void {
    const ended = !this.#latest.ok && this.#latest.error.reason === 'process_gone';
    if (this.#asking || ended || !this.#open) return;
    this.#asking = true;
    const answered = (reading: Reading): void => {
      this.#asking = false;
      if (this.#open) this.#latest = reading;
    };
    this.#usage(this.#process.pid).then(
      (status) => answered(this.#reading(status)),
      (error: unknown) =>
        answered(this.#gone(`is gone (${error instanceof Error ? error.message : String(error)})`)),
    );
  }

  /** Neither age nor CPU time of a process ever falls: where one does, the pid has a new owner. */
  #reading(status: Awaited<ReturnType<Usage>>): Reading {
    const { ctime: cpu_ms, elapsed: elapsed_ms, memory: private_bytes } = status;
    const before = this.#latest.ok ? this.#latest.value : undefined;
    if (before !== undefined && (elapsed_ms < before.elapsed_ms || cpu_ms < before.sample.cpu_ms)) {
      return this.#gone('is another one now');
    }
    const sample: Sample = {
      ...this.#process,
      at_ms: this.#clock.monotonicMs(),
      cpu_ms,
      private_bytes,
    };
    return ok({ sample, elapsed_ms });
  }

  #gone(how: string): { readonly ok: false; readonly error: SampleFailure } {
    return fail({ reason: 'process_gone', message: `process ${this.#process.pid} ${how}` });
  }
}
