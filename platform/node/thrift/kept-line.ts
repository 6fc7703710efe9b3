import type { Answers, ManagerCall } from '../../../protocol/extension/calls.ts';
import { fail, type Result } from '../../../protocol/result.ts';
import type { Clock, Timer } from '../../clock.ts';
import type { CallBounds, CallFailure, ManagerLine } from '../../extension-wire.ts';
import type { SocketFailure, UnixConnection } from '../../unix-socket.ts';
import { connectUnix } from '../unix-socket.ts';
import { encodeCall } from './calls.ts';
import { hungUp, overLimits, readReply, sequenceId } from './extension-client.ts';
import { MessageScanner } from './message-scanner.ts';
import { WireReader } from './wire-reader.ts';

/** The call that is on its way. */
interface Pending {
  readonly call: ManagerCall;
  readonly scanner: MessageScanner;
  readonly timer: Timer;
  readonly settle: (result: Result<unknown, CallFailure>) => void;
}

/**
 * Connects once and makes all calls through that connection, one after another: for who may open no socket later on. A
 * call that goes wrong ends the connection, and every later one fails.
 */
export const keepLine = async (clock: Clock, path: string): Promise<Result<ManagerLine, SocketFailure>> => {
  let pending: Pending | undefined;
  let connection: UnixConnection | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const settle = (result: Result<unknown, CallFailure>): void => {
    const { timer, settle: tell } = pending ?? {};
    pending = undefined;
    timer?.cancel();
    tell?.(result);
  };
  const giveUp = (failure: CallFailure): void => {
    connection?.destroy();
    connection = undefined;
    settle(fail(failure));
  };
  const connected = await connectUnix(path, {
    received: (bytes) => {
      if (pending === undefined) return giveUp(hungUp(path));
      const { call, scanner } = pending;
      scanner.push(bytes);
      const found = scanner.next();
      if (!found.ok) return giveUp(overLimits(path, found.error));
      if (found.value === undefined) return;
      const reader = new WireReader(scanner.window.slice(scanner.messageStart, found.value));
      settle(readReply(path, call.method, reader));
    },
    drained: () => {},
    closed: () => giveUp(hungUp(path)),
  });
  if (!connected.ok) return connected;
  connection = connected.value;
  const exchange = (call: ManagerCall, bounds: CallBounds): Promise<Result<unknown, CallFailure>> =>
    new Promise((resolve) => {
      if (connection === undefined) return resolve(fail(hungUp(path)));
      const timer = clock.after(bounds.deadline_ms, () => {
        const message = `${path} did not answer within ${bounds.deadline_ms} ms`;
        giveUp({ reason: 'deadline', message });
      });
      pending = { call, scanner: new MessageScanner(bounds.limits), timer, settle: resolve };
      connection.write(encodeCall(call, sequenceId));
    });
  return {
    ok: true,
    value: {
      call: <C extends ManagerCall>(call: C, bounds: CallBounds) => {
        const answer = last.then(() => exchange(call, bounds));
        last = answer;
        return answer as Promise<Result<Answers[C['method']], CallFailure>>;
      },
      close: () => giveUp(hungUp(path)),
    },
  };
};
