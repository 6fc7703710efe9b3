import { join } from 'node:path';
import t from 'tap';
import { noCgroups } from '../../../platform/node/cgroup/worker-cgroups.ts';
import { createProcessHost } from '../../../platform/node/process-host.ts';
import { workerFlags } from '../../../platform/node/worker-flags.ts';
import { judgeDeath } from '../../../policies/death.ts';
import { ObservedWorker } from './observed-worker.ts';

const standIn = join(import.meta.dirname, '../../fixtures/stand-in-worker.ts');

/** A stand-in with the flags of a worker and little heap. */
const startWith = (mode: string): ObservedWorker =>
  new ObservedWorker(
    createProcessHost({
      cgroups: noCgroups,
      store: '',
      command: process.execPath,
      argsOf: () => [...workerFlags({ oldSpace_mb: 64 }), standIn, mode],
    }),
  );

t.test('a worker whose heap is full dies so that its death tells', async (t) => {
  const exit = await startWith('exhaust').exit();
  t.equal(judgeDeath({ ...exit, cgroupOomKills: 0 }), 'js_heap_exhausted', JSON.stringify(exit).slice(-300));
});

t.test('a worker that aborts for another reason, or was ended by somebody, is a crash', async (t) => {
  t.equal(judgeDeath({ ...(await startWith('abort').exit()), cgroupOomKills: 0 }), 'crash');
  const worker = startWith('ready');
  await worker.messages(1);
  const exit = await worker.end();
  t.equal(judgeDeath({ ...exit, cgroupOomKills: 0 }), 'crash');
  t.equal(judgeDeath({ ...exit, cgroupOomKills: 1 }), 'cgroup_oom');
});
