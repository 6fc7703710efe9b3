import { bigint, type Table, text, unsignedBigint } from '../../protocol/table.ts';
import { defineEventTable } from '../host/event-table.ts';

export const seccompEvents: Table = defineEventTable({
  name: 'seccomp_events',
  description: 'System calls that a seccomp filter acted on.',
  publisher: 'auditeventpublisher',
  columns: {
    time: bigint({ additional: true }),
    uptime: bigint(),
    auid: unsignedBigint(),
    uid: unsignedBigint(),
    gid: unsignedBigint(),
    ses: unsignedBigint(),
    pid: unsignedBigint(),
    comm: text(),
    exe: text(),
    sig: bigint(),
    arch: text(),
    syscall: text(),
    compat: bigint(),
    ip: text(),
    code: text(),
  },
});
