import { bigint, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const osqueryExtensions: Table = defineSupervisorTable({
  name: 'osquery_extensions',
  description: 'The daemon and the extensions that are registered with it.',
  columns: {
    uuid: bigint(),
    name: text(),
    version: text({ collate: 'VERSION' }),
    sdk_version: text({ collate: 'VERSION' }),
    path: text(),
    type: text(),
  },
});
