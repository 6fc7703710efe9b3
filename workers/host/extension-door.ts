import type { CallFailure, ExtensionClient, RowStream } from '../../platform/extension-wire.ts';
import { callLateListener } from '../../platform/late-listener.ts';
import { lazyExtensionClient } from '../../platform/node/thrift/lazy-extension-client.ts';
import { type ExtensionStatus, extensionCodes, type WireRow } from '../../protocol/extension/types.ts';
import { controlLimits, rowLimits } from '../../protocol/extension/wire-limits.ts';
import type {
  ExtensionDoor,
  ExtensionFailure,
  ExtensionRows,
  TableCall,
} from '../../protocol/host-network.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { DoorOfRun } from '../query-runner.ts';
import type { NetworkLine } from './network-line.ts';

/** osquery's time for the ping before a call. */
const ping_ms = 10_000;
/**
 * Calls have no clock of their own: the run's guard keeps the deadline, without the time for which the supervisor held
 * the worker up, and `over` carries it out. This is the longest timer that there is.
 */
const untilOver_ms = 2 ** 31 - 1;
/** How many rows of a scan are held so that its extension is free for another call of the same run. */
const mostAhead_bytes = 8 * 1024 * 1024;

/** What calls of extensions go by. */
type ExtensionLine = NetworkLine & Pick<DoorOfRun, 'answerMax_bytes'>;

/** Calls tables of extensions; see `ExtensionDoor` for what it promises. */
export const extensionDoor = (line: ExtensionLine): ExtensionDoor => new Caller(line);

class Caller implements ExtensionDoor {
  readonly #line: ExtensionLine;
  readonly #client: ExtensionClient;
  /** Scans that are open, by socket. */
  readonly #scans = new Map<string, Set<Scan>>();

  constructor(line: ExtensionLine) {
    this.#line = line;
    this.#client = lazyExtensionClient(line.clock);
  }

  async *rows({ extension, table, request }: TableCall, binary: ReadonlySet<string>): ExtensionRows {
    const { path } = extension;
    const ready = await this.#ready(extension);
    if (!ready.ok) return ready;
    const call = { registry: 'table', item: table, request };
    let received_bytes = 0;
    const stream = this.#client.rows(path, call, {
      deadline_ms: untilOver_ms,
      over: this.#line.over,
      // Rows that a join looks through have no cap of their own: bytes, time and the result have.
      limits: rowLimits(Number.MAX_SAFE_INTEGER, this.#line.answerMax_bytes()),
      binary,
      received: (count) => {
        received_bytes += count;
        this.#line.received(count);
      },
    });
    const scan = new Scan(stream, () => received_bytes);
    const scans = this.#scans.get(path) ?? new Set();
    this.#scans.set(path, scans.add(scan));
    try {
      for (;;) {
        const next = await scan.next();
        if (next.done === true) return next.value.ok ? statusOf(next.value.value) : failed(next.value.error);
        yield next.value;
      }
    } finally {
      scans.delete(scan);
      await stream.return(fail(closed));
    }
  }

  async change({ extension, table, request }: TableCall): ReturnType<ExtensionDoor['change']> {
    const { path } = extension;
    const ready = await this.#ready(extension);
    if (!ready.ok) return ready;
    const bounds = { deadline_ms: untilOver_ms, over: this.#line.over, limits: controlLimits };
    const call = { method: 'call', registry: 'table', item: table, request } as const;
    const answer = await this.#client.call(path, call, bounds);
    if (!answer.ok) return failed(answer.error);
    const status = statusOf(answer.value.status);
    return status.ok ? ok(answer.value.response) : status;
  }

  /**
   * Many extensions serve one connection at a time. Where a join asks one again whose rows it is still reading, those
   * are read to their end first, as far as they are not too many, or each would wait for the other. One that has just
   * registered is given the moment that it takes to listen.
   */
  async #ready({ path, socketDueAt_ms }: TableCall['extension']): Promise<Result<void, ExtensionFailure>> {
    const { clock, over } = this.#line;
    for (const scan of this.#scans.get(path) ?? []) await scan.readAhead(mostAhead_bytes);
    const bounds = { deadline_ms: ping_ms, over, limits: controlLimits };
    const pong = await callLateListener(
      clock,
      () => this.#client.call(path, { method: 'ping' }, bounds),
      (again_ms) => again_ms < socketDueAt_ms && !over.aborted,
    );
    // Its status is ignored, as osquery does.
    return pong.ok ? ok(undefined) : failed(pong.error);
  }
}

/** Rows of one call, some of which may have been read before they are wanted. */
class Scan {
  readonly #stream: RowStream;
  readonly #received_bytes: () => number;
  readonly #ahead: IteratorResult<readonly WireRow[], Result<ExtensionStatus, CallFailure>>[] = [];

  constructor(stream: RowStream, received_bytes: () => number) {
    this.#stream = stream;
    this.#received_bytes = received_bytes;
  }

  async next(): Promise<IteratorResult<readonly WireRow[], Result<ExtensionStatus, CallFailure>>> {
    return this.#ahead.shift() ?? (await this.#stream.next());
  }

  async readAhead(most_bytes: number): Promise<void> {
    const began_bytes = this.#received_bytes();
    while (this.#ahead.at(-1)?.done !== true && this.#received_bytes() - began_bytes < most_bytes) {
      this.#ahead.push(await this.#stream.next());
    }
  }
}

/** What nobody reads any more ends with. */
const closed: CallFailure = { reason: 'hung_up', message: 'the scan was closed' };

const statusOf = ({ code, message }: ExtensionStatus): Result<void, ExtensionFailure> =>
  code === extensionCodes.success
    ? ok(undefined)
    : fail({ reason: 'failed', message: `it answers status ${code}: ${message}` });

/** Time has no cap here but the ping's. */
const failed = ({
  reason,
  message,
}: CallFailure): { readonly ok: false; readonly error: ExtensionFailure } => {
  if (reason === 'deadline') return fail({ reason: 'silent', message });
  if (reason === 'rows' || reason === 'bytes') return fail({ reason: 'too_large', message });
  return fail({ reason, message });
};
