import { integer, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const osqueryFlags: Table = defineSupervisorTable({
  name: 'osquery_flags',
  description: 'Flags of the daemon with default and current value.',
  example: 'SELECT name, default_value, value FROM osquery_flags WHERE value != default_value;',
  columns: {
    name: text(),
    type: text(),
    description: text(),
    default_value: text(),
    value: text(),
    shell_only: integer(),
  },
});
