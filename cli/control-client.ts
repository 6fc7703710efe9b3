import type { Clock } from '../platform/clock.ts';
import { nodeClock } from '../platform/node/clock.ts';
import { connectUnix } from '../platform/node/unix-socket.ts';
import type { SocketFailure, UnixConnection } from '../platform/unix-socket.ts';
import {
  controlProtocolVersion,
  type DaemonStatus,
  type FromDaemon,
  type QueryOutcome,
  type QueryService,
  type RowListener,
  type ToDaemon,
} from '../protocol/control.ts';
import type { Denial } from '../protocol/denial.ts';
import { encodeControl, FrameDecoder } from '../protocol/frame.ts';
import type { LimitOverride } from '../protocol/limit-override.ts';
import type { Limits } from '../protocol/limits.ts';
import type { ReloadReport } from '../protocol/reload.ts';
import { type Failure, fail, ok, type Result } from '../protocol/result.ts';
import { RowBatches } from '../protocol/row-batches.ts';
import { noCost } from '../protocol/run.ts';
import type { WhyAnswer } from '../protocol/why.ts';
import { parseFromDaemon } from './parse-from-daemon.ts';

export type ControlFailure = Failure<
  | 'no_daemon'
  | 'permission_denied'
  | 'path_too_long'
  | 'version_mismatch'
  | 'refused'
  | 'broken_protocol'
  | 'disconnected'
  | 'no_answer'
  | 'io'
>;

/** A daemon behind its control socket. One call at a time: wait for the answer before the next. */
export interface DaemonClient extends QueryService {
  readonly daemonVersion: string;
  readonly daemonPid: number;
  status(): Promise<Result<DaemonStatus, ControlFailure>>;
  denials(): Promise<Result<readonly Denial[], ControlFailure>>;
  /** Removes the records of one query name, or all; gives how many there were. */
  clearDenials(name?: string): Promise<Result<number, ControlFailure>>;
  /** Denies a scheduled query by its logged name for a time; gives how many records there are of it. */
  addDenial(name: string, for_ms: number): Promise<Result<number, ControlFailure>>;
  /** What the daemon knows about a query or a pack. */
  why(name: string): Promise<Result<WhyAnswer, ControlFailure>>;
  /** Overrides limits of a scheduled query for a time; `uid`: who asks. */
  setLimit(
    name: string,
    limits: Limits,
    for_ms: number,
    uid: number | undefined,
  ): Promise<Result<readonly LimitOverride[], ControlFailure>>;
  clearLimit(name: string): Promise<Result<readonly LimitOverride[], ControlFailure>>;
  overrides(): Promise<Result<readonly LimitOverride[], ControlFailure>>;
  /** Has the daemon read its config again. */
  reload(): Promise<Result<ReloadReport, ControlFailure>>;
}

/** A daemon answers anything but a query at once; one that does not within this is stuck. */
const answerWithin_ms = 10_000;

/** Connects to the daemon that listens on a control socket, and agrees with it on the protocol's version. */
export const connectToDaemon = async (
  path: string,
  clock: Clock = nodeClock,
): Promise<Result<DaemonClient, ControlFailure>> => {
  const exchange = new Exchange(path, clock);
  const connection = await connectUnix(path, exchange);
  if (!connection.ok) return fail(connectFailure(path, connection.error));
  exchange.opened(connection.value);
  const hello = await exchange.ask({ type: 'hello', protocolVersion: controlProtocolVersion }, 'hello');
  if (!hello.ok) {
    exchange.close();
    return hello.error.reason === 'refused' ? fail({ ...hello.error, reason: 'version_mismatch' }) : hello;
  }
  const { protocolVersion, version, pid } = hello.value;
  if (protocolVersion !== controlProtocolVersion) {
    exchange.close();
    return fail({
      reason: 'version_mismatch',
      message: `the daemon ${version} speaks version ${protocolVersion} of the control protocol, this client ${controlProtocolVersion}: use the client of the daemon's version`,
    });
  }
  return ok(createClient(exchange, version, pid));
};

const createClient = (exchange: Exchange, daemonVersion: string, daemonPid: number): DaemonClient => ({
  daemonVersion,
  daemonPid,
  query: async (sql, listener, { signal, trace = false } = {}) => {
    const message = { type: 'query', sql, ...(trace ? ({ trace } as const) : {}) } as const;
    const done = await exchange.ask(message, 'done', { listener, signal });
    if (!done.ok) return failedOutcome(done.error);
    const { type: _, ...outcome } = done.value;
    return outcome;
  },
  status: async () => {
    const answer = await exchange.ask({ type: 'status' }, 'status');
    if (!answer.ok) return answer;
    const { type: _, ...status } = answer.value;
    return ok(status);
  },
  denials: async () => {
    const answer = await exchange.ask({ type: 'denylist_list' }, 'denials');
    return answer.ok ? ok(answer.value.denials) : answer;
  },
  clearDenials: async (name) => {
    const message = { type: 'denylist_clear', ...(name === undefined ? {} : { name }) } as const;
    const answer = await exchange.ask(message, 'denylist_changed');
    return answer.ok ? ok(answer.value.records) : answer;
  },
  addDenial: async (name, for_ms) => {
    const answer = await exchange.ask({ type: 'denylist_add', name, for_ms }, 'denylist_changed');
    return answer.ok ? ok(answer.value.records) : answer;
  },
  why: async (name) => {
    const answer = await exchange.ask({ type: 'why', name }, 'why');
    if (!answer.ok) return answer;
    const { type: _, ...why } = answer.value;
    return ok(why);
  },
  setLimit: async (name, limits, for_ms, uid) => {
    const from = uid === undefined ? {} : { uid };
    return overridesOf(await exchange.ask({ type: 'limit_set', name, limits, for_ms, ...from }, 'overrides'));
  },
  clearLimit: async (name) => overridesOf(await exchange.ask({ type: 'limit_clear', name }, 'overrides')),
  overrides: async () => overridesOf(await exchange.ask({ type: 'limit_list' }, 'overrides')),
  reload: async () => {
    const answer = await exchange.ask({ type: 'reload' }, 'reloaded');
    if (!answer.ok) return answer;
    const { type: _, ...report } = answer.value;
    return ok(report);
  },
  close: async () => exchange.close(),
});

const overridesOf = (
  answer: Result<Answer<'overrides'>, ControlFailure>,
): Result<readonly LimitOverride[], ControlFailure> => (answer.ok ? ok(answer.value.overrides) : answer);

const failedOutcome = ({ reason, message }: ControlFailure): QueryOutcome => ({
  failure: { reason: reason === 'disconnected' ? 'stopping' : 'cancelled', message },
  cost: noCost,
  warnings: [],
});

type Answer<Type extends FromDaemon['type']> = Extract<FromDaemon, { type: Type }>;

interface Pending {
  readonly expected: FromDaemon['type'];
  readonly listener: RowListener | undefined;
  readonly batches: RowBatches;
  readonly settle: (answer: Result<FromDaemon, ControlFailure>) => void;
}

/** Who takes rows while an answer is waited for, and what ends the run early. */
interface Asking {
  readonly listener?: RowListener;
  readonly signal?: AbortSignal | undefined;
}

/** One connection: the request that waits, and what the bytes mean for it. */
class Exchange {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #decoder = new FrameDecoder();
  #connection: UnixConnection | undefined;
  #pending: Pending | undefined;
  #ended: ControlFailure | undefined;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  opened(connection: UnixConnection): void {
    this.#connection = connection;
  }

  /**
   * Sends a request and waits for the answer of the expected type. Rows go to the listener on the way; the daemon is
   * told when the signal is aborted, and answers all the same.
   */
  async ask<Type extends FromDaemon['type']>(
    message: ToDaemon,
    expected: Type,
    { listener, signal }: Asking = {},
  ): Promise<Result<Answer<Type>, ControlFailure>> {
    if (this.#pending !== undefined) throw new Error('one request at a time');
    if (this.#ended !== undefined) return fail(this.#ended);
    const cancel = (): void => void this.#connection?.write(encodeControl({ type: 'cancel' }));
    const answer = await new Promise<Result<FromDaemon, ControlFailure>>((resolve) => {
      const deadline =
        message.type === 'query' ? undefined : this.#clock.after(answerWithin_ms, () => this.#giveUp());
      this.#pending = {
        expected,
        listener,
        batches: new RowBatches(),
        settle: (result) => {
          deadline?.cancel();
          this.#pending = undefined;
          resolve(result);
        },
      };
      this.#connection?.write(encodeControl(message));
      if (signal?.aborted === true) cancel();
      else signal?.addEventListener('abort', cancel);
    });
    signal?.removeEventListener('abort', cancel);
    // `#take` settles with the expected type only.
    return answer as Result<Answer<Type>, ControlFailure>;
  }

  received(bytes: Buffer): void {
    const frames = this.#decoder.push(bytes);
    if (!frames.ok) return this.#break(frames.error.message);
    for (const { kind, payload } of frames.value) {
      if (this.#ended !== undefined) return;
      if (kind === 'rows') this.#rows(payload);
      else this.#control(payload);
    }
  }

  drained(): void {}

  closed(): void {
    this.#end({
      reason: 'disconnected',
      message: `the daemon at ${this.#path} closed the connection before it had answered; its log says why`,
    });
  }

  close(): void {
    this.#end({ reason: 'disconnected', message: 'the connection is closed' });
  }

  #rows(payload: Buffer): void {
    const pending = this.#pending;
    if (pending?.listener === undefined) return this.#break('rows that nobody asked for');
    const batch = pending.batches.take(payload);
    if (batch !== undefined) pending.listener.rows(batch);
  }

  #control(payload: Buffer): void {
    const parsed = parseFromDaemon(payload);
    if (!parsed.ok) return this.#break(parsed.error.message);
    const message = parsed.value;
    const pending = this.#pending;
    if (message.type === 'refused') {
      const refusal: ControlFailure = { reason: 'refused', message: message.message };
      return pending === undefined ? this.#end(refusal) : pending.settle(fail(refusal));
    }
    if (message.type === 'columns' && pending?.listener !== undefined) {
      return pending.listener.columns(message.columns);
    }
    if (pending?.expected !== message.type) return this.#break(`'${message.type}' that nobody asked for`);
    pending.settle(ok(message));
  }

  #giveUp(): void {
    this.#end({
      reason: 'no_answer',
      message: `the daemon at ${this.#path} took the connection but has not answered for ${answerWithin_ms / 1000} s`,
    });
  }

  #break(what: string): void {
    this.#end({ reason: 'broken_protocol', message: `the peer at ${this.#path} is no leashd: ${what}` });
  }

  #end(failure: ControlFailure): void {
    this.#ended ??= failure;
    this.#connection?.end();
    this.#pending?.settle(fail(this.#ended));
  }
}

const connectFailure = (path: string, error: SocketFailure): ControlFailure => {
  switch (error.reason) {
    case 'no_listener':
      return {
        reason: 'no_daemon',
        message: `no daemon answers at ${path}. Start one with leashd or 'leash start', or name its socket with --control.`,
      };
    case 'permission_denied':
      return {
        reason: 'permission_denied',
        message: `this user may not use the daemon's socket ${path}: only its owner may. Run as that user.`,
      };
    case 'path_too_long':
      return { reason: 'path_too_long', message: error.message };
    case 'unsafe_permissions':
    case 'in_use':
    case 'io':
      return { reason: 'io', message: error.message };
  }
};
