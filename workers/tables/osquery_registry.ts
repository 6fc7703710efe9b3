import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { rowOf } from '../host/supervisor-table.ts';

const columns = {
  registry: text(),
  name: text(),
  owner_uuid: integer(),
  internal: integer(),
  active: integer(),
};

/**
 * Lists what this worker can query, itself among it, and then the other plugins, which the supervisor knows. `internal` are,
 * as in osquery, tables that the config brings.
 */
export const osqueryRegistry = (tables: () => readonly Table[]): Table =>
  defineTable({
    name: 'osquery_registry',
    description: 'Tables that can be queried, and plugins for the config, logs and distributed queries.',
    example: "SELECT name, owner_uuid FROM osquery_registry WHERE registry = 'logger' AND active;",
    columns,
    *generate(query) {
      for (const { name } of tables()) {
        yield { registry: 'table', name, owner_uuid: 0, internal: 0, active: 1 };
      }
      for (const { name, uuid } of query.addedTables()) {
        const internal = uuid === undefined ? 1 : 0;
        yield { registry: 'table', name, owner_uuid: uuid ?? 0, internal, active: 1 };
      }
      for (const plugin of query.askSupervisor('osquery_registry')) yield rowOf(columns, plugin);
    },
  });
