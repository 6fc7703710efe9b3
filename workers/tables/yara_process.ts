import { integer, type Table, text } from '../../protocol/table.ts';
import { defineUnavailableTable } from '../host/unavailable-table.ts';

export const yaraProcess: Table = defineUnavailableTable({
  name: 'yara_process',
  description: 'Matches of YARA rules in memory; not readable here, so reading it fails.',
  why: 'Leash has no engine for YARA rules and reads no memory of processes; yara(1) RULES PID does',
  columns: {
    pid: integer({ index: true, required: true }),
    matches: text(),
    count: integer(),
    sig_group: text({ additional: true }),
    sigfile: text({ additional: true }),
    sigrule: text({ additional: true, hidden: true }),
    strings: text(),
    tags: text(),
    sigurl: text({ additional: true, hidden: true }),
    pid_with_namespace: integer({ additional: true, hidden: true }),
  },
});
