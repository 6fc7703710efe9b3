import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { fileDigests } from '../host/digests.ts';

export const acpiTables: Table = defineTable({
  name: 'acpi_tables',
  description: 'ACPI tables of the firmware. The size is -1 when this user may not read them.',
  example: 'SELECT name, size, md5 FROM acpi_tables ORDER BY size DESC;',
  columns: {
    name: text(),
    size: integer(),
    md5: text({ collate: 'NOCASE' }),
  },
  *generate(query) {
    const { files } = query;
    for (const { directory, name } of tableFiles(files, '/sys/firmware/acpi/tables')) {
      const path = `${directory}/${name}`;
      // The size that stat tells is not always the table's.
      const size = query.uses('size') ? (files.readBytes(path)?.length ?? -1) : undefined;
      const md5 = query.uses('md5') ? fileDigests(files, path, ['md5'])?.md5 : undefined;
      yield { name, size, md5 };
    }
  },
});

interface TableFile {
  readonly directory: string;
  readonly name: string;
}

/** Files of a directory and of those in it (`data`, `dynamic`). sysfs has no loops but by links, which are not taken. */
function* tableFiles(files: HostFiles, directory: string): Generator<TableFile> {
  for (const { name, kind } of files.entries(directory) ?? []) {
    if (kind === 'directory') yield* tableFiles(files, `${directory}/${name}`);
    else if (kind === 'regular') yield { directory, name };
  }
}
