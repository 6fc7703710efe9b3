/**
 * A worker that never gives back what a run took: 5 MB each, told honestly at the end. SQL cannot leak in a real one,
 * whose memory is that of SQLite or of a collected heap; a table with a fault could.
 */
import { BlockingPipe } from '../../platform/node/blocking-pipe.ts';
import { noCost } from '../../protocol/run.ts';
import { WorkerChannel } from '../../workers/channel.ts';

const leak_bytes = 5 * 2 ** 20;

const channel = new WorkerChannel(new BlockingPipe(3), () => process.exit(0));
const kept: Buffer[] = [];

channel.receive();
channel.sayReady(performance.now());
for (;;) {
  const message = channel.receive();
  if (message.type !== 'query') process.exit(0);
  kept.push(Buffer.alloc(leak_bytes, 1));
  channel.send({
    type: 'done',
    leaseId: message.leaseId,
    cost: noCost,
    warnings: [],
    retained_bytes: kept.length * leak_bytes,
  });
}
