import { closeSync, openSync, readSync } from 'node:fs';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { ProcessIdentity, Sample } from '../../protocol/sample.ts';
import type { Clock } from '../clock.ts';
import type { SampleFailure, Sampler, SampleSource } from '../sampler.ts';
import type { KernelUnits } from './auxv.ts';
import { parseProcStat, readNumber } from './proc-stat.ts';

const buffer_bytes = 1024;
const space = 0x20;

/**
 * Samples by pread of kept descriptors: the kernel fills them anew at each read from offset 0, and a descriptor of
 * /proc/<pid> never shows a later process of that pid (reads fail with ESRCH).
 */
export const createProcSampler = (clock: Clock, units: KernelUnits): Sampler => ({
  open: (process) => openSource(process, clock, units),
});

const openSource = (
  process: ProcessIdentity,
  clock: Clock,
  units: KernelUnits,
): Result<SampleSource, SampleFailure> => {
  const descriptors: number[] = [];
  try {
    for (const name of ['stat', 'statm']) descriptors.push(openSync(`/proc/${process.pid}/${name}`, 'r'));
  } catch (error) {
    for (const descriptor of descriptors) closeSync(descriptor);
    return fail(failureOf(process.pid, error));
  }
  const [stat = -1, statm = -1] = descriptors;
  return ok(new ProcSource(process, stat, statm, openOptional(`/proc/${process.pid}/io`), clock, units));
};

/** /proc/<pid>/io needs the rights of a tracer; without them the budget for reads is the worker's own affair. */
const openOptional = (path: string): number | undefined => {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
};

class ProcSource implements SampleSource {
  readonly #process: ProcessIdentity;
  readonly #stat: number;
  readonly #statm: number;
  readonly #io: number | undefined;
  readonly #clock: Clock;
  readonly #units: KernelUnits;
  readonly #buffer = Buffer.allocUnsafe(buffer_bytes);
  #open = true;

  constructor(
    process: ProcessIdentity,
    stat: number,
    statm: number,
    io: number | undefined,
    clock: Clock,
    units: KernelUnits,
  ) {
    this.#process = process;
    this.#stat = stat;
    this.#statm = statm;
    this.#io = io;
    this.#clock = clock;
    this.#units = units;
  }

  read(): Result<Sample, SampleFailure> {
    const { pid, startTicks } = this.#process;
    if (!this.#open) return fail({ reason: 'process_gone', message: `process ${pid} is no longer watched` });
    try {
      const at_ms = this.#clock.monotonicMs();
      const stat = parseProcStat(this.#buffer, readSync(this.#stat, this.#buffer, 0, buffer_bytes, 0));
      if (stat === undefined || stat.startTicks !== startTicks) {
        return fail({ reason: 'process_gone', message: `process ${pid} is another one now` });
      }
      const private_bytes = this.#privateBytes();
      const cpu_ms = ((stat.userTicks + stat.systemTicks) * 1000) / this.#units.ticksPerSecond;
      return ok({ pid, startTicks, at_ms, cpu_ms, private_bytes });
    } catch (error) {
      return fail(failureOf(pid, error));
    }
  }

  readBytes(): number | undefined {
    if (this.#io === undefined || !this.#open) return undefined;
    try {
      const length = readSync(this.#io, this.#buffer, 0, buffer_bytes, 0);
      // The first line is `rchar: <bytes>` (proc_pid_io(5)).
      const rchar = readNumber(this.#buffer, 'rchar: '.length, length);
      return rchar < 0 ? undefined : rchar;
    } catch {
      return undefined;
    }
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const descriptor of [this.#stat, this.#statm, this.#io])
      if (descriptor !== undefined) closeSync(descriptor);
  }

  /** Resident minus shared pages: fields 2 and 3 of statm (proc_pid_statm(5)). */
  #privateBytes(): number {
    const length = readSync(this.#statm, this.#buffer, 0, buffer_bytes, 0);
    const residentAt = this.#buffer.indexOf(space) + 1;
    const sharedAt = this.#buffer.indexOf(space, residentAt) + 1;
    const resident = readNumber(this.#buffer, residentAt, length);
    const shared = readNumber(this.#buffer, sharedAt, length);
    return Math.max(0, resident - shared) * this.#units.page_bytes;
  }
}

const failureOf = (pid: number, error: unknown): SampleFailure => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return code === 'EACCES' || code === 'EPERM'
    ? { reason: 'not_readable', message: `/proc/${pid} may not be read: ${code}` }
    : { reason: 'process_gone', message: `process ${pid} is gone (${code})` };
};
