import { defineTable, integer, type Table, text } from '../../protocol/table.ts';

/** Lists the tables of this worker, itself among them; the other kinds of plugins have no registry here. */
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
    *generate() {
      for (const { name } of tables()) {
        yield { registry: 'table', name, owner_uuid: 0, internal: 0, active: 1 };
      }
    },
  });
