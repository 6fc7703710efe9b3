/**
 * A worker that does what its statement says, in the real channel's protocol, so that the real supervisor can be
 * measured against a load of a known shape:
 *
 *     hog <chunk KiB> <MB a second> <head start MB>   allocates until it is killed
 *     rows <count>                                     answers with rows that differ at every run
 *     burn                                             computes until it is killed
 *
 * A hog writes the time and its private memory after each step into the file that its first argument and its pid name,
 * as pairs of doubles: what it had when it died is there afterwards.
 */
import { openSync, readSync, writeSync } from 'node:fs';
import { BlockingPipe } from '../../platform/node/blocking-pipe.ts';
import { noCost } from '../../protocol/run.ts';
import { WorkerChannel } from '../../workers/channel.ts';

const page_bytes = 4096;
const mebibyte = 2 ** 20;
const rowsPerFrame = 500;

const channel = new WorkerChannel(new BlockingPipe(3), () => process.exit(0));
const record = openSync(`${process.argv[2]}.${process.pid}`, 'w');
const statm = openSync('/proc/self/statm', 'r');
const line = Buffer.alloc(128);
const entry = Buffer.alloc(16);
const kept: Buffer[] = [];
let run = 0;

/** CLOCK_MONOTONIC, the same in every process of the host. */
const now_ms = (): number => Number(process.hrtime.bigint()) / 1e6;

const note = (): void => {
  const [, resident = 0, shared = 0] = line
    .toString('latin1', 0, readSync(statm, line, 0, line.length, 0))
    .split(' ')
    .map(Number);
  entry.writeDoubleLE(now_ms(), 0);
  entry.writeDoubleLE((resident - shared) * page_bytes, 8);
  writeSync(record, entry);
};

const allocate = (bytes: number): void => {
  kept.push(Buffer.alloc(bytes, 1));
};

const hog = (chunk_bytes: number, rate_bytes_s: number, headStart_bytes: number): never => {
  for (let taken = 0; taken < headStart_bytes; taken += mebibyte) allocate(mebibyte);
  const start_ms = now_ms();
  for (let steps = 1; ; steps += 1) {
    while (now_ms() < start_ms + ((steps * chunk_bytes) / rate_bytes_s) * 1000);
    allocate(chunk_bytes);
    note();
  }
};

const rows = (leaseId: string, count: number): void => {
  run += 1;
  const columns = Array.from({ length: 10 }, (_, index) => ({ name: `c${index}`, type: 'TEXT' as const }));
  channel.send({ type: 'columns', leaseId, columns });
  for (let from = 0; from < count; from += rowsPerFrame) {
    const batch = Array.from({ length: Math.min(rowsPerFrame, count - from) }, (_row, index) =>
      columns.map(({ name }) => `${name} of row ${from + index} in run ${run}`),
    );
    channel.sendRows(Buffer.from(JSON.stringify(batch)));
  }
  channel.send({ type: 'done', leaseId, cost: { ...noCost, rows: count }, warnings: [], retained_bytes: 0 });
};

channel.receive();
channel.sayReady(performance.now());
for (;;) {
  const message = channel.receive();
  if (message.type !== 'query') process.exit(0);
  const [command, ...given] = message.sql.split(' ');
  const [first = 0, second = 0, third = 0] = given.map(Number);
  if (command === 'hog') hog(first * 1024, second * 1e6, third * mebibyte);
  else if (command === 'burn') for (;;);
  else rows(message.leaseId, first);
}
