import type { DaemonStatus } from '../../protocol/control.ts';
import {
  controlProtocolVersion,
  type FromDaemon,
  type QueryOutcome,
  type RowListener,
  type ToDaemon,
} from '../../protocol/control.ts';
import type { Denial } from '../../protocol/denial.ts';
import { encodeControl, encodeFrame, FrameDecoder } from '../../protocol/frame.ts';
import type { LimitOverride } from '../../protocol/limit-override.ts';
import type { ReloadReport } from '../../protocol/reload.ts';
import type { Failure, Result } from '../../protocol/result.ts';
import type { WhyAnswer } from '../../protocol/why.ts';
import type { OverrideFailure, OverrideWish } from '../limits/limit-overrides.ts';
import { parseToDaemon } from './parse-to-daemon.ts';

/** One client's connection, as bytes. */
export interface ControlConnection {
  /** False when the kernel's buffer is full: wait for `drained`. */
  write(bytes: Buffer): boolean;
  end(): void;
}

/** What a client may ask of the daemon. */
export interface ControlDoor {
  readonly version: string;
  readonly pid: number;
  readonly status: () => DaemonStatus;
  readonly denials: () => readonly Denial[];
  readonly clearDenials: (name: string | undefined) => number;
  /** Undefined when no scheduled query and no extension has that name. */
  readonly addDenial: (name: string, for_ms: number) => number | undefined;
  readonly why: (name: string) => Result<WhyAnswer, Failure>;
  readonly query: (sql: string, listener: SessionListener) => RunningQuery;
  readonly setLimit: (wish: OverrideWish) => Result<LimitOverride, OverrideFailure>;
  readonly clearLimit: (name: string) => Result<LimitOverride, OverrideFailure>;
  readonly overrides: () => readonly LimitOverride[];
  readonly reload: () => Promise<ReloadReport>;
}

/** A session as the receiver of rows: it can ask the sender to wait. */
export interface SessionListener extends Omit<RowListener, 'rows'> {
  readonly wantsTrace: boolean;
  rows(payload: Buffer): 'more' | 'wait';
  done(outcome: QueryOutcome): void;
}

export interface RunningQuery {
  cancel(): void;
  resume(): void;
}

/** Requests are small; a client that sends more than this at once is not one of ours. */
const maxRequest_bytes = 2 * 1024 * 1024;

/** The daemon's side of one control connection: a hello, then one request at a time. */
export class ControlSession {
  readonly #connection: ControlConnection;
  readonly #door: ControlDoor;
  readonly #decoder = new FrameDecoder(maxRequest_bytes);
  #greeted = false;
  #running: RunningQuery | undefined;
  #closed = false;

  constructor(connection: ControlConnection, door: ControlDoor) {
    this.#connection = connection;
    this.#door = door;
  }

  received(bytes: Buffer): void {
    const frames = this.#decoder.push(bytes);
    if (!frames.ok) return this.#refuse(frames.error.message);
    for (const frame of frames.value) {
      if (this.#closed) return;
      const message = parseToDaemon(frame.payload);
      if (!message.ok) return this.#refuse(message.error.message);
      this.#take(message.value);
    }
  }

  drained(): void {
    this.#running?.resume();
  }

  /** The client went away: nobody waits for the answer any more. */
  closed(): void {
    this.#closed = true;
    this.#running?.cancel();
    this.#running = undefined;
  }

  #take(message: ToDaemon): void {
    if (message.type === 'hello') return this.#hello(message.protocolVersion);
    if (!this.#greeted) return this.#refuse('the first message must be a hello');
    switch (message.type) {
      case 'query':
        return this.#query(message.sql, message.trace === true);
      case 'cancel':
        return this.#running?.cancel();
      case 'status':
        return this.#send({ type: 'status', ...this.#door.status() });
      case 'denylist_list':
        return this.#send({ type: 'denials', denials: this.#door.denials() });
      case 'denylist_clear':
        return this.#send({ type: 'denylist_changed', records: this.#door.clearDenials(message.name) });
      case 'denylist_add':
        return this.#addDenial(message.name, message.for_ms);
      case 'why':
        return this.#why(message.name);
      case 'limit_set': {
        const { name, limits, for_ms, uid } = message;
        return this.#overridden(this.#door.setLimit({ queryId: name, limits, for_ms, uid }));
      }
      case 'limit_clear':
        return this.#overridden(this.#door.clearLimit(message.name));
      case 'limit_list':
        return this.#send({ type: 'overrides', overrides: this.#door.overrides() });
      case 'reload':
        return this.#reload();
    }
  }

  #hello(protocolVersion: number): void {
    if (protocolVersion !== controlProtocolVersion) {
      return this.#refuse(
        `this daemon speaks version ${controlProtocolVersion} of the control protocol, the client ${protocolVersion}: use the client of the daemon's version ${this.#door.version}`,
      );
    }
    this.#greeted = true;
    const { version, pid } = this.#door;
    this.#send({ type: 'hello', protocolVersion: controlProtocolVersion, version, pid });
  }

  #query(sql: string, wantsTrace: boolean): void {
    if (this.#running !== undefined) return this.#refuse('a query is running on this connection already');
    this.#running = this.#door.query(sql, {
      wantsTrace,
      columns: (columns) => this.#send({ type: 'columns', columns }),
      rows: (payload) =>
        this.#closed || this.#connection.write(encodeFrame('rows', payload)) ? 'more' : 'wait',
      done: (outcome) => {
        this.#running = undefined;
        this.#send({ type: 'done', ...outcome });
      },
    });
  }

  #addDenial(name: string, for_ms: number): void {
    const records = this.#door.addDenial(name, for_ms);
    if (records === undefined) {
      this.#send({
        type: 'refused',
        message: `no scheduled query and no extension is called '${name}'; osquery_schedule and leash_extensions list the names`,
      });
      return;
    }
    this.#send({ type: 'denylist_changed', records });
  }

  #why(name: string): void {
    const answer = this.#door.why(name);
    this.#send(
      answer.ok ? { type: 'why', ...answer.value } : { type: 'refused', message: answer.error.message },
    );
  }

  #reload(): void {
    void this.#door.reload().then((report) => this.#send({ type: 'reloaded', ...report }));
  }

  #overridden(changed: Result<LimitOverride, OverrideFailure>): void {
    if (changed.ok) return this.#send({ type: 'overrides', overrides: [changed.value] });
    this.#send({ type: 'refused', message: changed.error.message });
  }

  #send(message: FromDaemon): void {
    if (!this.#closed) this.#connection.write(encodeControl(message));
  }

  /** Says why, then hangs up: after a broken frame nothing on this connection can be trusted. */
  #refuse(message: string): void {
    this.#send({ type: 'refused', message });
    this.closed();
    this.#connection.end();
  }
}
