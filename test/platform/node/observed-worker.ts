import { join } from 'node:path';
import { noCgroups } from '../../../platform/node/cgroup/worker-cgroups.ts';
import { createProcessHost, type ProcessHostOptions } from '../../../platform/node/process-host.ts';
import type { ProcessHost, WorkerExit, WorkerProcess } from '../../../platform/process-host.ts';
import type { FromWorker } from '../../../protocol/worker-messages.ts';

const standIn = join(import.meta.dirname, '../../fixtures/stand-in-worker.ts');

/** A host whose workers are stand-ins. */
export const standInHost = (...args: readonly string[]): ProcessHost =>
  standInHostWith({ cgroups: noCgroups }, ...args);

/** The same with groups for its workers, or a time zone. */
export const standInHostWith = (
  { cgroups, timeZone }: Pick<ProcessHostOptions, 'cgroups' | 'timeZone'>,
  ...args: readonly string[]
): ProcessHost =>
  createProcessHost({
    cgroups,
    timeZone,
    store: '',
    command: process.execPath,
    argsOf: () => [standIn, ...args],
  });

type Event =
  | { readonly kind: 'message'; readonly message: FromWorker }
  | { readonly kind: 'rows'; readonly bytes: number }
  | { readonly kind: 'protocol_error'; readonly text: string }
  | { readonly kind: 'exited'; readonly exit: WorkerExit };

/** A worker process and what it told its listener, in order. */
export class ObservedWorker {
  readonly process: WorkerProcess;
  readonly events: Event[] = [];
  /** Whether the listener was called before `spawnWorker` returned. */
  readonly calledEarly: boolean;
  #wake: () => void = () => undefined;

  constructor(host: ProcessHost) {
    const take = (event: Event): void => {
      this.events.push(event);
      this.#wake();
    };
    const spawned = host.spawnWorker('pure', {
      message: (message) => take({ kind: 'message', message }),
      rows: (payload) => take({ kind: 'rows', bytes: payload.length }),
      protocolError: (text) => take({ kind: 'protocol_error', text }),
      exited: (exit) => take({ kind: 'exited', exit }),
    });
    this.calledEarly = this.events.length > 0;
    if (!spawned.ok) throw new Error(spawned.error.message);
    this.process = spawned.value;
  }

  get received_bytes(): number {
    return this.events.reduce((sum, event) => sum + (event.kind === 'rows' ? event.bytes : 0), 0);
  }

  /** Resolves when `holds` is true after an event. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  async messages(count: number): Promise<readonly FromWorker[]> {
    const seen = (): FromWorker[] =>
      this.events.flatMap((event) => (event.kind === 'message' ? [event.message] : []));
    await this.until(() => seen().length >= count);
    return seen();
  }

  async protocolError(): Promise<string> {
    const find = (): string | undefined =>
      this.events.flatMap((event) => (event.kind === 'protocol_error' ? [event.text] : []))[0];
    await this.until(() => find() !== undefined);
    return find() ?? '';
  }

  async exit(): Promise<WorkerExit> {
    await this.until(() => this.events.some((event) => event.kind === 'exited'));
    const last = this.events.at(-1);
    if (last?.kind !== 'exited') throw new Error('something was told after the exit');
    return last.exit;
  }

  /** SIGKILLs it and waits for its end. */
  async end(): Promise<WorkerExit> {
    this.process.kill();
    return this.exit();
  }
}
