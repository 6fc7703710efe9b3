import { createConnection } from 'node:net';
import type { Answers, Method, PluginCall, SentCall } from '../../../protocol/extension/calls.ts';
import type { ExtensionStatus } from '../../../protocol/extension/types.ts';
import { fail, ok, type Result } from '../../../protocol/result.ts';
import type { Clock } from '../../clock.ts';
import type { CallBounds, CallFailure, ExtensionClient, RowBounds, RowStream } from '../../extension-wire.ts';
import { maxSocketPath_bytes } from '../unix-socket.ts';
import { readAnswer, readFault } from './answers.ts';
import { encodeCall } from './calls.ts';
import { MessageScanner, type WireFailure } from './message-scanner.ts';
import { RowReader } from './row-reader.ts';
import { type MessageHead, readFromPeer, WireReader } from './wire-reader.ts';
import { messageTypes } from './wire-types.ts';

/** One call at a time on a connection, so any number does; the answer has to carry it back. */
export const sequenceId = 1;

/** What ends a connection from this side while its bytes are awaited. */
class DeadlinePassed extends Error {}

/** Calls over Unix sockets, one connection a call. */
export const createExtensionClient = (clock: Clock): ExtensionClient => ({
  call: (path, call, bounds) => callOnce(clock, path, call, bounds),
  rows: (path, call, bounds) => streamRows(clock, path, call, bounds),
});

const callOnce = async <C extends SentCall>(
  clock: Clock,
  path: string,
  call: C,
  bounds: CallBounds,
): Promise<Result<Answers[C['method']], CallFailure>> => {
  const scanner = new MessageScanner(bounds.limits);
  const chunks = exchange(clock, path, encodeCall(call, sequenceId), bounds);
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return fail(next.value);
    scanner.push(next.value);
    const found = scanner.next();
    if (!found.ok) {
      await chunks.return(hungUp(path));
      return fail(overLimits(path, found.error));
    }
    if (found.value === undefined) continue;
    await chunks.return(hungUp(path));
    const method: C['method'] = call.method;
    return readReply(path, method, new WireReader(scanner.window.slice(scanner.messageStart, found.value)));
  }
};

async function* streamRows(clock: Clock, path: string, call: PluginCall, bounds: RowBounds): RowStream {
  const reader = new RowReader(bounds.limits, bounds.binary);
  const request = encodeCall({ method: 'call', ...call }, sequenceId);
  const chunks = exchange(clock, path, request, bounds);
  try {
    for (;;) {
      const next = await chunks.next();
      if (next.done === true) return fail(next.value);
      const progress = reader.push(next.value);
      if (!progress.ok) return fail(overLimits(path, progress.error));
      bounds.received(next.value.length);
      const { rows, ended } = progress.value;
      // Whoever takes the last rows takes their time: an extension that serves one at a time is free for others.
      if (ended) await chunks.return(hungUp(path));
      if (rows.length > 0) yield rows;
      if (reader.isOverRows) {
        const message = `${path} answers more than ${bounds.limits.rows} rows`;
        return fail({ reason: 'rows', message });
      }
      if (ended) return statusOf(path, reader);
    }
  } finally {
    await chunks.return(hungUp(path));
  }
}

/** Connects, sends and hands out what comes. Hangs up when it is returned, when the peer does, and at the deadline. */
async function* exchange(
  clock: Clock,
  path: string,
  request: Buffer,
  { deadline_ms, over }: Pick<CallBounds, 'deadline_ms' | 'over'>,
): AsyncGenerator<Buffer, CallFailure, undefined> {
  if (Buffer.byteLength(path) > maxSocketPath_bytes) {
    return {
      reason: 'unreachable',
      message: `the socket path ${path} is longer than ${maxSocketPath_bytes} bytes`,
    };
  }
  const socket = createConnection({ path, ...(over === undefined ? {} : { signal: over }) });
  const timer = clock.after(deadline_ms, () => socket.destroy(new DeadlinePassed()));
  try {
    socket.write(request);
    const chunks: AsyncIterable<Buffer> = socket;
    // A chunk at a time: what nobody takes stays in the kernel, and the peer waits. Leaving the loop hangs up.
    for await (const chunk of chunks) yield chunk;
    return hungUp(path);
  } catch (error) {
    return transportFailure(path, deadline_ms, error);
  } finally {
    timer.cancel();
  }
}

const statusOf = (path: string, reader: RowReader): Result<ExtensionStatus, CallFailure> => {
  const { head, status } = reader;
  if (head === undefined) return fail(badAnswer(path, 'it has no head'));
  const wrong = wrongHead(path, 'call', head);
  if (wrong !== undefined) return fail(wrong);
  if (head.type === messageTypes.exception) return fail(refused(path, reader.whole));
  return status === undefined ? fail(badAnswer(path, 'it has no status')) : ok(status);
};

/** Reads the answer to a call of this method. */
export const readReply = <M extends Method>(
  path: string,
  method: M,
  reader: WireReader,
): Result<Answers[M], CallFailure> => {
  const head = reader.head();
  const wrong = wrongHead(path, method, head);
  if (wrong !== undefined) return fail(wrong);
  if (head.type === messageTypes.exception) return fail(refusedWith(path, reader));
  const read = readFromPeer(() => readAnswer(method, reader));
  if (!read.ok) return fail(badAnswer(path, read.error.message));
  if (read.value === undefined && method !== 'shutdown')
    return fail(badAnswer(path, 'its result is missing'));
  return ok(read.value as Answers[M]);
};

const wrongHead = (path: string, method: Method, head: MessageHead): CallFailure | undefined => {
  if (head.sequenceId !== sequenceId) {
    return badAnswer(path, `it answers call ${head.sequenceId} in place of ${sequenceId}`);
  }
  if (head.type === messageTypes.exception) return undefined;
  if (head.type !== messageTypes.reply) return badAnswer(path, `it is a message of type ${head.type}`);
  return head.name === method ? undefined : badAnswer(path, `it answers ${JSON.stringify(head.name)}`);
};

const refused = (path: string, message: Uint8Array): CallFailure => {
  const reader = new WireReader(message);
  reader.head();
  return refusedWith(path, reader);
};

const refusedWith = (path: string, reader: WireReader): CallFailure => {
  const fault = readFromPeer(() => readFault(reader));
  if (!fault.ok) return badAnswer(path, fault.error.message);
  return { reason: 'refused', message: `${path} refuses the call: ${fault.value.message}` };
};

/** The failure that a stream of this peer comes to when it cannot be read on. */
export const overLimits = (path: string, failure: WireFailure): CallFailure =>
  failure.reason === 'too_large'
    ? { reason: 'bytes', message: `the answer of ${path} is too large: ${failure.message}` }
    : badAnswer(path, failure.message);

const badAnswer = (path: string, what: string): CallFailure => ({
  reason: 'bad_answer',
  message: `what ${path} sent is no answer to the call: ${what}`,
});

/** The failure of a call whose connection ended. */
export const hungUp = (path: string): CallFailure => ({
  reason: 'hung_up',
  message: `${path} hung up before it answered`,
});

const transportFailure = (path: string, deadline_ms: number, error: unknown): CallFailure => {
  if (error instanceof DeadlinePassed) {
    return { reason: 'deadline', message: `${path} did not answer within ${deadline_ms} ms` };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') {
    return { reason: 'no_listener', message: `nobody listens on ${path}` };
  }
  if (code === 'EPIPE' || code === 'ECONNRESET') return hungUp(path);
  return {
    reason: 'unreachable',
    message: `${path}: ${error instanceof Error ? error.message : String(error)}`,
  };
};
