import t from 'tap';
import { isForbidden } from '../../../../platform/node/host-files/openable.ts';

t.test('what must not be read, by its path', (t) => {
  const forbidden = [
    '/proc/kmsg',
    '/proc/kcore',
    '/proc/acpi/event',
    '/proc/kpagecount',
    '/proc/1/mem',
    '/proc/self/pagemap',
    '/proc/1/task/2/mem',
    '/proc/fs/trace_pipe',
    '/sys/kernel/tracing/trace_pipe',
    '/sys/kernel/debug/tracing/per_cpu/cpu0/trace_pipe_raw',
  ];
  const allowed = [
    '/proc/meminfo',
    '/proc/1/status',
    '/sys/kernel/tracing/trace',
    '/etc/passwd',
    '/etc/proc/kmsg',
    '/system/tracing/trace_pipe',
    'proc/kmsg',
  ];
  for (const path of forbidden) t.equal(isForbidden(path), true, path);
  for (const path of allowed) t.equal(isForbidden(path), false, path);
  t.end();
});
