import { bigint, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const osqueryExtensions: Table = defineSupervisorTable({
  name: 'osquery_extensions',
  description: 'The daemon and the extensions that are registered with it.',
  columns: {
    uuid: bigint(),
    name: text(),
    version: text(),
    sdk_version: text(),
    path: text(),
    type: text(),
  },
});
