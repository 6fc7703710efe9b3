import t from 'tap';
import {
  type AttachedExtension,
  readAttachment,
  writeAttachment,
} from '../../../protocol/extension/attachment.ts';
import { readTableRoute } from '../../../protocol/extension/table-route.ts';

const info = [
  { id: 'column', name: 'a b', type: 'BIGINT', op: '3' },
  { id: 'column', name: '1', type: 'BLOB', op: '0' },
  { id: 'column', name: 'ü', type: 'UNSIGNED BIGINT', op: '60' },
  { id: 'alias', alias: 'other' },
  { id: 'columnAlias', name: 'c', target: 'a b' },
  { id: 'attributes', attributes: '10' },
].map((row) => new Map(Object.entries(row)));

t.test('what a worker is told is what was registered, whatever the default of options', (t) => {
  for (const defaultIndex of [true, false]) {
    const route = readTableRoute('order', info, defaultIndex);
    if (!route.ok) throw new Error(route.error.message);
    const extension: AttachedExtension = {
      uuid: 5,
      name: 'x',
      path: '/run/em.5',
      socketDueAt_ms: 3_500,
      tables: [route.value],
      away: [{ names: ['former', 'other'], since_unix_ms: 1_700_000_000_000 }],
    };
    const carried = (now_ms: number) => JSON.parse(JSON.stringify(writeAttachment(extension, now_ms)));
    t.strictSame(readAttachment(carried(500), 500), { ok: true, value: extension });
    const elsewhere = readAttachment(carried(1_500), 70_000);
    t.match(
      elsewhere,
      { value: { socketDueAt_ms: 72_000 } },
      'what is left of it, on the clock of the reader',
    );
    t.match(readAttachment(carried(9_000), 70_000), { value: { socketDueAt_ms: 70_000 } });
  }
  t.end();
});

t.test('a table that breaks the rules of a registration is not taken', (t) => {
  const bad = {
    uuid: 5,
    name: 'x',
    path: '/run/em.5',
    socketDue_ms: 0,
    tables: [{ name: 'a"b', info: [{ id: 'column', name: 'a' }] }],
    away: [],
  };
  t.match(readAttachment(bad, 0), {
    ok: false,
    error: { reason: 'bad_table', message: /^extension x: table/ },
  });
  t.match(readAttachment({ ...bad, tables: [{ name: 'a', info: [] }] }, 0), { ok: false });
  t.end();
});
