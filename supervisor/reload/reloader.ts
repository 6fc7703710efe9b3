import type { Clock, Timer } from '../../platform/clock.ts';
import type { StoreFailure } from '../../platform/guard-store.ts';
import type { ReloadReport } from '../../protocol/reload.ts';
import type { Failure, Result } from '../../protocol/result.ts';
import type { Flags } from '../config/flags.ts';
import { type Config, emptyConfig } from '../config/load.ts';
import type { ConfigReader } from '../config/sources.ts';
import { liveFlags } from '../config/start-flags.ts';
import { type TracedReader, tracedReader } from '../config/traced-reader.ts';
import type { ScheduleChange } from '../schedule/schedule-change.ts';

/** A config that can be used, the flags with its options, and what to say of it. */
export interface Configured {
  readonly config: Config;
  readonly flags: Flags;
  /** Sentences for the status log. */
  readonly warnings: readonly string[];
}

/** A config that cannot be used: every problem, each a line. */
export type ConfigRefused = Failure<'bad_config'>;

/** What the daemon goes by at present. */
export interface ConfigInForce {
  readonly config: Config;
  readonly flags: Flags;
  /** False while the files hold something else that could not be used. */
  readonly valid: boolean;
}

/** What reading a config again needs. */
export interface ReloaderDeps {
  readonly clock: Clock;
  readonly reader: ConfigReader;
  /** Brings what the reader reads up to date, where that takes time; must not reject. */
  readonly fetch: () => Promise<void>;
  readonly configure: (reader: ConfigReader) => Result<Configured, ConfigRefused>;
  readonly log: (severity: 'info' | 'warning' | 'error', message: string) => void;
  /** Seconds between looks at the files, and while what they hold cannot be used; 0: only when asked. */
  readonly refresh: { readonly every_s: number; readonly whileRefused_s: number };
}

/** Puts a new schedule in force, in one step. */
export type Reschedule = (config: Config, flags: Flags) => Result<ScheduleChange, StoreFailure>;

/** Holds the config that is in force, and replaces it as a whole or not at all. */
export class Reloader {
  readonly #deps: ReloaderDeps;
  #inForce: ConfigInForce;
  /** Of the last reading, whatever it came to. */
  #trace: TracedReader;
  #reschedule: Reschedule | undefined;
  #timer: Timer | undefined;

  private constructor(deps: ReloaderDeps, first: ConfigInForce, trace: TracedReader) {
    this.#deps = deps;
    this.#inForce = first;
    this.#trace = trace;
  }

  /** The first reading of files: without a usable config there is no daemon. */
  static open(
    deps: ReloaderDeps,
  ): Result<{ readonly reloader: Reloader; readonly warnings: readonly string[] }, ConfigRefused> {
    const trace = tracedReader(deps.reader);
    const read = deps.configure(trace);
    if (!read.ok) return read;
    const { config, flags, warnings } = read.value;
    return {
      ok: true,
      value: { reloader: new Reloader(deps, { config, flags, valid: true }, trace), warnings },
    };
  }

  /** Begins with no query, where an extension brings the config: it is read when that is there. */
  static waiting(deps: ReloaderDeps, flags: Flags): Reloader {
    return new Reloader(deps, { config: emptyConfig, flags, valid: false }, tracedReader(deps.reader));
  }

  get inForce(): ConfigInForce {
    return this.#inForce;
  }

  /** From here on the files are looked at again, by the clock and when asked. */
  begin(reschedule: Reschedule): void {
    this.#reschedule = reschedule;
    this.#wait();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#reschedule = undefined;
  }

  /** Reads the config again because somebody asked; says what came of it in the status log, too. */
  async reload(): Promise<ReloadReport> {
    await this.#deps.fetch();
    return this.reread();
  }

  /** The same for what is there already, since a plugin pushed it. */
  reread(): ReloadReport {
    const report = this.#take();
    this.#tell(report);
    this.#wait();
    return report;
  }

  #wait(): void {
    this.#timer?.cancel();
    const { every_s, whileRefused_s } = this.#deps.refresh;
    if (every_s === 0 || this.#reschedule === undefined) return;
    const next_s = this.#inForce.valid ? every_s : Math.max(1, whileRefused_s);
    this.#timer = this.#deps.clock.after(
      next_s * 1_000,
      () => void this.#deps.fetch().then(() => this.#look()),
    );
  }

  /** By the clock: what has not changed is not told. */
  #look(): void {
    if (this.#reschedule === undefined) return;
    if (!this.#trace.unchanged()) this.#tell(this.#take());
    this.#wait();
  }

  #take(): ReloadReport {
    const reschedule = this.#reschedule;
    if (reschedule === undefined) return refusal('Leash is not ready to read its config again.', []);
    if (this.#inForce.valid && this.#trace.unchanged()) {
      return { ...nothing, outcome: 'unchanged', summary: 'The config has not changed.' };
    }
    this.#trace = tracedReader(this.#deps.reader);
    const read = this.#deps.configure(this.#trace);
    if (!read.ok) return this.#refuse(read.error.message.split('\n'));
    const { flags, waiting } = liveFlags(this.#inForce.flags, read.value.flags);
    const { config, warnings } = read.value;
    const changed = reschedule(config, flags);
    if (!changed.ok) return this.#refuse([changed.error.message]);
    this.#inForce = { config, flags, valid: true };
    return {
      ...changed.value,
      outcome: 'applied',
      summary: describe(config, changed.value),
      problems: [
        ...warnings,
        ...waiting.map((name) => `--${name} changes with the next start of the daemon.`),
      ],
    };
  }

  #refuse(problems: readonly string[]): ReloadReport {
    this.#inForce = { ...this.#inForce, valid: false };
    return refusal('The new config is refused as a whole; the old one stays in force.', problems);
  }

  #tell({ outcome, summary, problems }: ReloadReport): void {
    const { log } = this.#deps;
    const severity = outcome === 'refused' ? 'error' : 'warning';
    for (const problem of problems) log(severity, problem);
    log(outcome === 'refused' ? 'error' : 'info', summary);
  }
}

const nothing = { problems: [], added: [], changed: [], removed: [] } as const;

const refusal = (summary: string, problems: readonly string[]): ReloadReport => ({
  ...nothing,
  outcome: 'refused',
  summary,
  problems,
});

const describe = (config: Config, { added, changed, removed }: ScheduleChange): string =>
  `The config was read again: ${config.schedule.length} scheduled queries; ` +
  `${added.length} added, ${changed.length} changed, ${removed.length} removed.`;
