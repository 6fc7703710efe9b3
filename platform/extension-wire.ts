import type {
  Answer,
  Answers,
  Fault,
  ManagerCall,
  PluginCall,
  SentCall,
} from '../protocol/extension/calls.ts';
import type { ExtensionStatus, WireRow } from '../protocol/extension/types.ts';
import type { RowLimits, WireLimits } from '../protocol/extension/wire-limits.ts';
import type { Failure, Result } from '../protocol/result.ts';
import type { SocketDirectory, SocketFailure, UnixServer } from './unix-socket.ts';

/** What a call comes to: its answer, or why it has none. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** Why a client of a served socket was hung up on, other than by its own wish. */
export type HangUpReason = 'bad_message' | 'slow_message' | 'idle' | 'too_many_connections';

/** How a socket is served. */
export interface ServeOptions {
  readonly path: string;
  readonly directory: SocketDirectory;
  readonly limits: WireLimits;
  /** More than this at once: the one that has been idle for longest goes; when none is idle, the newest. */
  readonly maxConnections: number;
  /** A connection on which nothing happens for this long is closed (osquery's `thrift_timeout`: 300 s). */
  readonly idle_ms: number;
  /** From the first byte of a message to its last. */
  readonly message_ms: number;
  /** What all clients together may send on the average; each piece and each message counts as 1 KiB more. */
  readonly pace_bytes_per_s: number;
  /**
   * Answers a call. One at a time on a connection; must not reject, and keeps a deadline of its own. `left` is aborted when
   * the client hangs up meanwhile, unless it had sent more before: then nobody looks.
   */
  readonly answer: (call: ManagerCall, left: AbortSignal) => Promise<Reply>;
  readonly hungUp: (reason: HangUpReason, message: string) => void;
}

/** Serves calls on sockets. */
export interface ExtensionServing {
  serve(options: ServeOptions): Promise<Result<UnixServer, SocketFailure>>;
  /** Removes sockets `<path>.<number>` that this user's or root's extensions left behind, and nothing else. */
  clearRoutes(path: string): readonly string[];
}

/**
 * Why a call failed. `refused`: the peer says that it has no answer; `bad_answer`: what came is no answer to this call;
 * `rows`, `bytes`: the answer is over these caps.
 */
export type CallFailure = Failure<
  'no_listener' | 'unreachable' | 'deadline' | 'hung_up' | 'refused' | 'bad_answer' | 'rows' | 'bytes'
>;

/** Bounds of one call. */
export interface CallBounds {
  /** From the first attempt to connect to the last byte. */
  readonly deadline_ms: number;
  /** Aborted when nobody wants the answer any more; absent where only the deadline ends a call. */
  readonly over?: AbortSignal;
  readonly limits: WireLimits;
}

/** Bounds of a call whose rows are read as they come. */
export interface RowBounds {
  readonly deadline_ms: number;
  /** Aborted when nobody wants the rows any more, also while they are awaited. */
  readonly over: AbortSignal;
  readonly limits: RowLimits;
  /** Told of the bytes that came; what it throws ends the call. */
  readonly received: (count_bytes: number) => void;
  /** Columns whose values are wanted as bytes: text that is no UTF-8 would be damaged. */
  readonly binary: ReadonlySet<string>;
}

/**
 * Rows in batches as they come, and how the call ended. Batches that are not taken hold the peer up; `return` hangs up.
 * Rows may come before it is known that the call failed.
 */
export type RowStream = AsyncGenerator<readonly WireRow[], Result<ExtensionStatus, CallFailure>, undefined>;

/** Calls one peer. */
export interface ManagerLine {
  call<C extends ManagerCall>(
    call: C,
    bounds: CallBounds,
  ): Promise<Result<Answers[C['method']], CallFailure>>;
  close(): void;
}

/**
 * Calls what listens on a socket. Each call has a connection of its own, since many extensions serve one at a time, and
 * keeps it no longer than it must.
 */
export interface ExtensionClient {
  /** Any call whose answer is small. */
  call<C extends SentCall>(
    path: string,
    call: C,
    bounds: CallBounds,
  ): Promise<Result<Answers[C['method']], CallFailure>>;
  /** A call of a plugin whose answer may be large. */
  rows(path: string, call: PluginCall, bounds: RowBounds): RowStream;
}
