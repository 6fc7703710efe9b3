import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { workerFlags } from '../../platform/node/worker-flags.ts';
import { type Budget, budgetOfLevel } from '../../protocol/budget.ts';
import type { Cell, CellRow, ResultColumn } from '../../protocol/cell.ts';
import type { ExtensionWaits } from '../../protocol/extension/waits.ts';
import { encodeControl, type Frame, FrameDecoder } from '../../protocol/frame.ts';
import { RowBatches, rowsOfBatch } from '../../protocol/row-batches.ts';
import type { TableChoice } from '../../protocol/table-choice.ts';
import { type FromWorker, type ToWorker, workerProtocolVersion } from '../../protocol/worker-messages.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import { workerEntry } from './worker-entry.ts';

type Done = Extract<FromWorker, { type: 'done' }>;

/** A whole answer of a real worker. */
export interface WorkerAnswer extends Done {
  readonly columns: readonly ResultColumn[];
  readonly cells: readonly (readonly Cell[])[];
  /** Extensions that it said it reads, before anything else. */
  readonly reads: readonly number[];
  /** Tables and views of the config that it refused, before anything else. */
  readonly refused: readonly { readonly name: string; readonly message: string }[];
  /** What it said of calls that last, before it was done. */
  readonly lasting: readonly ExtensionWaits[];
}

/** A really forked worker, spoken to over its channel as the supervisor does. */
export class WorkerProcess {
  readonly child: ChildProcess;
  readonly channel: Duplex;
  readonly #decoder = new FrameDecoder();
  readonly #frames: Frame[] = [];

  private constructor(child: ChildProcess, channel: Duplex) {
    this.child = child;
    this.channel = channel;
  }

  static spawn(profile: WorkerProfile = 'pure'): WorkerProcess {
    const child = spawn(process.execPath, [...workerFlags({ oldSpace_mb: 128, profile }), workerEntry], {
      stdio: ['ignore', 'inherit', 'pipe', 'pipe'],
    });
    const channel = child.stdio[3];
    if (channel === null || channel === undefined || !('write' in channel)) throw new Error('no channel');
    return new WorkerProcess(child, channel as Duplex);
  }

  /** Spawns a worker and shakes hands. */
  static async ready(profile: WorkerProfile = 'pure', tables?: TableChoice): Promise<WorkerProcess> {
    const worker = WorkerProcess.spawn(profile);
    const choice = tables === undefined ? {} : { tables };
    worker.send({ type: 'hello', protocolVersion: workerProtocolVersion, buildId: 'dev', ...choice });
    const first = await worker.next();
    if (first?.kind !== 'control') throw new Error('the worker did not answer');
    return worker;
  }

  send(message: ToWorker): void {
    this.channel.write(encodeControl(message));
  }

  /** The next frame; undefined when the worker closed its end. */
  async next(): Promise<Frame | undefined> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      const chunk = this.channel.read() as Buffer | null;
      if (chunk === null) {
        if (this.channel.readableEnded || this.channel.destroyed) return undefined;
        await this.#moreInput();
        continue;
      }
      const decoded = this.#decoder.push(Buffer.from(chunk));
      if (!decoded.ok) throw new Error(decoded.error.message);
      this.#frames.push(...decoded.value);
    }
  }

  /** Resolves when there is something to read, or will never be. */
  async #moreInput(): Promise<void> {
    const settled = new AbortController();
    const { signal } = settled;
    await Promise.race([
      once(this.channel, 'readable', { signal }),
      once(this.channel, 'close', { signal }),
    ]).finally(() => settled.abort());
  }

  /** Runs one query to its `done`; questions for the supervisor are answered with `supervisorRows`. */
  async query(
    sql: string,
    budget: Partial<Budget> = {},
    supervisorRows: Extract<ToWorker, { type: 'answer' }>['rows'] = [],
  ): Promise<WorkerAnswer> {
    this.send({ type: 'query', leaseId: 'L1', sql, budget: { ...budgetOfLevel['0'], ...budget } });
    let columns: readonly ResultColumn[] = [];
    const batches = new RowBatches();
    const cells: CellRow[] = [];
    let reads: readonly number[] = [];
    const lasting: ExtensionWaits[] = [];
    const refused: { name: string; message: string }[] = [];
    for (;;) {
      const frame = await this.next();
      if (frame === undefined) throw new Error('the worker died');
      if (frame.kind === 'rows') {
        const batch = batches.take(frame.payload);
        if (batch !== undefined) cells.push(...rowsOfBatch(batch));
        continue;
      }
      const message = JSON.parse(frame.payload.toString()) as FromWorker;
      if (message.type === 'columns') columns = message.columns;
      else if (message.type === 'ask') this.send({ type: 'answer', rows: supervisorRows });
      else if (message.type === 'config_refused')
        refused.push({ name: message.name, message: message.message });
      else if (message.type === 'reads') reads = message.uuids;
      else if (message.type === 'waits') lasting.push(message.waits);
      else if (message.type === 'done') return { ...message, columns, cells, reads, refused, lasting };
      else if (message.type === 'needs_net') throw new Error('the query needs a worker of profile net');
    }
  }

  /** Resolves with the exit code and signal. */
  async exited(): Promise<readonly [number | null, NodeJS.Signals | null]> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return [this.child.exitCode, this.child.signalCode];
    }
    return (await once(this.child, 'exit')) as [number | null, NodeJS.Signals | null];
  }
}
