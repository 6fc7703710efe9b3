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
    const extension: AttachedExtension = { uuid: 5, name: 'x', path: '/run/em.5', tables: [route.value] };
    const carried = JSON.parse(JSON.stringify(writeAttachment(extension)));
    t.strictSame(readAttachment(carried), { ok: true, value: extension });
  }
  t.end();
});

t.test('a table that breaks the rules of a registration is not taken', (t) => {
  const bad = {
    uuid: 5,
    name: 'x',
    path: '/run/em.5',
    tables: [{ name: 'a"b', info: [{ id: 'column', name: 'a' }] }],
  };
  t.match(readAttachment(bad), { ok: false, error: { reason: 'bad_table', message: /^extension x: table/ } });
  t.match(readAttachment({ ...bad, tables: [{ name: 'a', info: [] }] }), { ok: false });
  t.end();
});
