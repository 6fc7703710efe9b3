import { connect, type Socket } from 'node:net';
import type { BusReply, BusRequest, NetworkFailure } from '../../protocol/host-network.ts';
import { ok, type Result } from '../../protocol/result.ts';
import { BusConversation } from './bus-conversation.ts';
import { describeError, type NetworkLine, networkFailure } from './network-line.ts';

/** Calls methods over a message bus and hangs up; see `HostNetwork.callBus` for what it promises. */
export const busDoor = (
  { over, received, clock }: NetworkLine,
  { socketPath, calls, timeout_ms, repliesMax_bytes }: BusRequest,
): Promise<Result<readonly BusReply[], NetworkFailure>> =>
  new Promise((resolve, reject) => {
    const conversation = new BusConversation(calls, repliesMax_bytes);
    const socket: Socket = connect({ path: socketPath });
    const hangUp = (): void => void socket.destroy();
    const end = (): void => {
      deadline.cancel();
      over.removeEventListener('abort', hangUp);
      hangUp();
    };
    const settle = (result: Result<readonly BusReply[], NetworkFailure>): void => {
      resolve(result);
      end();
    };
    const deadline = clock.after(timeout_ms, () =>
      settle(networkFailure('timed_out', `${socketPath}: no whole answer in time`)),
    );
    over.addEventListener('abort', hangUp);
    socket.on('error', (error) =>
      settle(networkFailure('unreachable', `${socketPath}: ${describeError(error)}`)),
    );
    socket.on('close', () => settle(networkFailure('broken_off', `${socketPath}: the bus hung up`)));
    socket.on('connect', () => socket.write(conversation.begin()));
    socket.on('data', (piece: Buffer) => {
      try {
        received(piece.length);
      } catch (error) {
        reject(error as Error);
        return end();
      }
      const step = conversation.take(piece);
      if (!step.ok) return settle(networkFailure(step.error.reason, `${socketPath}: ${step.error.message}`));
      if (step.value.replies !== undefined) return settle(ok(step.value.replies));
      socket.write(step.value.send);
    });
  });
