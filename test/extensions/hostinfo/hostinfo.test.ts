/** The extension that comes with Leash, as it is built, on whatever this host has. */
import { join } from 'node:path';
import t from 'tap';
import { hostTables } from '../../../extensions/hostinfo/tables.ts';
import { readCell } from '../../../protocol/extension/table-cells.ts';
import { repositoryRoot } from '../../system/daemon-harness.ts';
import { startManager } from '../manager-harness.ts';
import { ExtensionProcess } from '../sdk/extension-process.ts';

t.test('every table is registered and answers, with rows of its own types', async (t) => {
  const program = join(repositoryRoot, 'dist/hostinfo.ext');
  // By its own first line, on the Node that is found.
  const extension = await ExtensionProcess.start(t, await startManager(t), [program]);
  const names = extension.registration.tables.map(({ name }) => name);
  t.strictSame(names, hostTables.map(({ name }) => name).toSorted());
  t.ok(names.length >= 12 && names.every((name) => /^si_[a-z_]+$/.test(name)));
  for (const name of names) {
    const { rows, status } = await extension.rows(name);
    t.match(status, { code: 0 }, `${name}: ${rows.length} rows`);
    const columns = new Map(extension.table(name).columns.map((each) => [each.name, each.column]));
    for (const row of rows) {
      for (const [column, value] of row) {
        const declared = columns.get(column);
        const isRead = declared !== undefined && readCell(declared.type, value) !== null;
        t.ok(isRead, `${name}.${column} of ${String(declared?.type)}: ${String(value)}`);
      }
    }
  }
});
