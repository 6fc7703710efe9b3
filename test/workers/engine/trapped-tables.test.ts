import t from 'tap';
import { defineTable, integer } from '../../../protocol/table.ts';
import { openEngine } from '../harness.ts';

t.test(
  'a WebAssembly that traps below a table fails the query, and the process serves no other',
  async (t) => {
    const broken = defineTable({
      name: 'broken',
      description: 'Traps.',
      columns: { a: integer() },
      generate: () => {
        throw new WebAssembly.RuntimeError('unreachable');
      },
    });
    const { engine, ask } = await openEngine([broken]);
    t.match(ask('SELECT 1').failure, undefined);
    t.notOk(engine.broken);
    t.match(ask('SELECT * FROM broken').failure, {
      reason: 'table_error',
      message: /table broken failed: unreachable/,
    });
    t.ok(engine.broken, 'so the worker is replaced');
    t.ok(ask('SELECT 1').failure);
  },
);
