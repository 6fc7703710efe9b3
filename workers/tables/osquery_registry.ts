import { defineTable, integer, type Table, text } from '../../protocol/table.ts';

/**
 * Lists what this worker can query, itself among it; the other kinds of plugins have no registry here. `internal` are, as
 * in osquery, those that the config brings.
 */
export const osqueryRegistry = (tables: () => readonly Table[]): Table =>
  defineTable({
    name: 'osquery_registry',
    description: 'Tables that can be queried. Leash has no other registry.',
    columns: {
      registry: text(),
      name: text(),
      owner_uuid: integer(),
      internal: integer(),
      active: integer(),
    },
    *generate(query) {
      for (const { name } of tables()) {
        yield { registry: 'table', name, owner_uuid: 0, internal: 0, active: 1 };
      }
      for (const { name, uuid } of query.addedTables()) {
        const internal = uuid === undefined ? 1 : 0;
        yield { registry: 'table', name, owner_uuid: uuid ?? 0, internal, active: 1 };
      }
    },
  });
