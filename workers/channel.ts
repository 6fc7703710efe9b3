import type { BlockingPipe } from '../platform/node/blocking-pipe.ts';
import { buildId } from '../protocol/build-id.ts';
import { encodeControl, encodeFrame, type Frame, FrameDecoder } from '../protocol/frame.ts';
import type { SupervisorTable } from '../protocol/supervisor-tables.ts';
import type { TableValue } from '../protocol/table.ts';
import { type FromWorker, type ToWorker, workerProtocolVersion } from '../protocol/worker-messages.ts';

type SupervisorRow = Readonly<Record<string, TableValue>>;

/**
 * The worker's end of its channel. Everything blocks: the worker has one thing to do at a time. When the
 * supervisor's end is closed, `closed` is called, which ends the process.
 */
export class WorkerChannel {
  readonly #pipe: BlockingPipe;
  readonly #closed: (reason: string) => never;
  readonly #decoder = new FrameDecoder();
  #frames: Frame[] = [];

  constructor(pipe: BlockingPipe, closed: (reason: string) => never) {
    this.#pipe = pipe;
    this.#closed = closed;
  }

  /** Waits for the next message. */
  receive(): ToWorker {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return this.#messageOf(frame);
      const chunk = this.#pipe.read();
      if (chunk === undefined) return this.#closed('the supervisor is gone');
      // The decoder keeps what is incomplete, and the pipe reuses its buffer.
      const decoded = this.#decoder.push(Buffer.from(chunk));
      if (!decoded.ok) return this.#closed(decoded.error.message);
      this.#frames.push(...decoded.value);
    }
  }

  /** Tells the supervisor that this worker is warm and takes queries, so long after its process began. */
  sayReady(startup_ms: number): void {
    this.send({
      type: 'ready',
      protocolVersion: workerProtocolVersion,
      buildId,
      pid: process.pid,
      startup_ms,
    });
  }

  send(message: FromWorker): void {
    this.#write(encodeControl(message));
  }

  /** Sends a frame of rows, encoded by the engine. */
  sendRows(payload: Uint8Array): void {
    this.#write(encodeFrame('rows', payload));
  }

  /** Asks the supervisor for the rows of one of its tables and waits for them. */
  ask(table: SupervisorTable, key?: string): readonly SupervisorRow[] {
    this.send({ type: 'ask', table, ...(key === undefined ? {} : { key }) });
    const answer = this.receive();
    if (answer.type !== 'answer')
      return this.#closed(`the supervisor sent ${answer.type} instead of an answer`);
    return answer.rows.map(revived);
  }

  /** Ends the process when the supervisor's end is closed. For a worker that waits elsewhere than in `receive`. */
  endIfClosed(): void {
    if (!this.#pipe.isOpen()) this.#closed('the supervisor is gone');
  }

  #write(frame: Uint8Array): void {
    if (!this.#pipe.write(frame)) this.#closed('the supervisor is gone');
  }

  #messageOf(frame: Frame): ToWorker {
    if (frame.kind !== 'control') return this.#closed('the supervisor sent a frame of rows');
    const message: unknown = JSON.parse(frame.payload.toString());
    return isToWorker(message) ? message : this.#closed('the supervisor sent a message of an unknown type');
  }
}

const types: ReadonlySet<unknown> = new Set<ToWorker['type']>([
  'hello',
  'attach',
  'detach',
  'forget_config',
  'config_table',
  'query',
  'answer',
  'exit',
]);

/** The supervisor is trusted and of the same build (the handshake saw to that), so its type says enough. */
const isToWorker = (message: unknown): message is ToWorker =>
  typeof message === 'object' && message !== null && 'type' in message && types.has(message.type);

/** 64-bit integers travel as `{"int": "…"}` (protocol/frame.ts). */
const revived = (row: SupervisorRow): SupervisorRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, isTagged(value) ? BigInt(value.int) : value]),
  );

const isTagged = (value: unknown): value is { readonly int: string } =>
  typeof value === 'object' && value !== null && 'int' in value && typeof value.int === 'string';
