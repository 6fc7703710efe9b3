import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { budgetOfLevel } from '../../protocol/budget.ts';
import { buildId } from '../../protocol/build-id.ts';
import { encodeControl, FrameDecoder } from '../../protocol/frame.ts';
import { workerProtocolVersion } from '../../protocol/worker-messages.ts';
import { hostMonotonic_ms } from './hog-record.ts';

/** A worker without a supervisor: nobody but the peer that is measured watches it. */
export interface BareWorker {
  readonly pid: number;
  /** When its exit was seen (CLOCK_MONOTONIC, milliseconds). */
  readonly ended_ms: Promise<number>;
  run(statement: string): void;
}

/** Starts one with these arguments of Node; resolves when it is ready. */
export const startBareWorker = async (args: readonly string[]): Promise<BareWorker> => {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const channel = child.stdio[3];
  if (channel === undefined || channel === null || !('write' in channel)) throw new Error('no channel');
  const decoder = new FrameDecoder();
  const ready = new Promise<void>((resolve) =>
    channel.on('data', (chunk: Buffer) => {
      const frames = decoder.push(chunk);
      if (frames.ok && frames.value.length > 0) resolve();
    }),
  );
  channel.write(encodeControl({ type: 'hello', protocolVersion: workerProtocolVersion, buildId }));
  await ready;
  return {
    pid: child.pid ?? 0,
    ended_ms: once(child, 'exit').then(hostMonotonic_ms),
    run: (sql) =>
      void channel.write(encodeControl({ type: 'query', leaseId: '1', sql, budget: budgetOfLevel['0'] })),
  };
};
