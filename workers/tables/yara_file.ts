import { integer, type Table, text } from '../../protocol/table.ts';
import { defineUnavailableTable } from '../host/unavailable-table.ts';

export const yaraFile: Table = defineUnavailableTable({
  name: 'yara_file',
  description: 'Matches of YARA rules in files; not readable here, so reading it fails.',
  aliases: ['yara'],
  why: 'Leash has no engine for YARA rules; yara(1) or an extension that brings this table under another name can scan files',
  columns: {
    path: text({ index: true, required: true }),
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
