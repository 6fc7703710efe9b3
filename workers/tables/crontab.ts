import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { parseCrontab } from '../parsers/crontab.ts';

/**
 * Directories of crontabs: packages' jobs, users' on macOS, on the Red Hat family and on the Debian family. osquery does not
 * look into the last one, which is SUSE's.
 */
const directories = [
  '/etc/cron.d',
  '/var/at/tabs',
  '/var/spool/cron',
  '/var/spool/cron/crontabs',
  '/var/spool/cron/tabs',
];

export const crontab: Table = defineTable({
  name: 'crontab',
  description: 'Jobs of the system’s and the users’ crontabs.',
  example: "SELECT command, path, minute, hour FROM crontab WHERE command LIKE '%curl%';",
  cacheable: true,
  columns: {
    event: text(),
    minute: text(),
    hour: text(),
    day_of_month: text(),
    month: text(),
    day_of_week: text(),
    command: text(),
    path: text(),
    pid_with_namespace: integer({ additional: true, hidden: true }),
  },
  *generate(query) {
    for (const { pid, files } of namespaceRoots(query)) {
      for (const path of crontabs(files)) {
        for (const job of parseCrontab(files.readText(path) ?? '')) {
          yield { ...job, path, pid_with_namespace: pid };
        }
      }
    }
  },
});

/** Paths of the crontabs. Hidden files are left out: packages and editors keep spare copies under such names. */
function* crontabs(files: HostFiles): Generator<string> {
  yield '/etc/crontab';
  for (const listed of directories) {
    // osquery shows the files of a directory that is a link under its real path.
    const directory = files.realPath(listed);
    if (directory === undefined) continue;
    const entries = files.entries(directory) ?? [];
    const names = entries.filter(({ name, kind }) => kind !== 'directory' && !name.startsWith('.'));
    for (const { name } of names.toSorted((a, b) => (a.name < b.name ? -1 : 1))) yield `${directory}/${name}`;
  }
}
