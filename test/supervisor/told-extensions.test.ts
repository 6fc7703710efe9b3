import t from 'tap';
import { integer } from '../../protocol/table.ts';
import type { Registration } from '../../supervisor/extensions/registry.ts';
import { extensionNews, toldNothing } from '../../supervisor/workforce/told-extensions.ts';

const registration = (uuid: number, tables: readonly string[] = ['t']): Registration => ({
  uuid,
  door: { path: '/run/em', kind: 'managed' },
  info: { name: `extension ${uuid}`, version: '', sdkVersion: '', minSdkVersion: '' },
  socketDueAt_ms: 3_000,
  plugins: tables.map((name) => ({ registry: 'table', name })),
  tables: tables.map((name) => ({
    name,
    columns: [{ name: 'n', column: integer() }],
    aliases: [],
    attributes: new Set(),
  })),
  away: new Map(),
});

type Attached = Parameters<typeof extensionNews>[0];

const said = (told: Attached, attached: Attached): readonly string[] =>
  extensionNews(told, attached, 0).map((news) =>
    news.type === 'attach'
      ? `attach ${news.extension.uuid}`
      : news.type === 'detach'
        ? `detach ${news.uuid}`
        : '',
  );

const [one, two] = [registration(1), registration(2)];

t.test('a worker is told what came and went, each once', (t) => {
  const both = new Map([
    [1, one],
    [2, two],
  ]);
  t.strictSame(said(toldNothing, both), ['attach 1', 'attach 2']);
  t.strictSame(said(both, both), []);
  t.strictSame(said(both, new Map(both)), [], 'the same under another map');
  t.strictSame(said(both, new Map([[2, two]])), ['detach 1']);
  t.strictSame(
    said(
      both,
      new Map([
        [1, registration(1)],
        [2, two],
      ]),
    ),
    ['detach 1', 'attach 1'],
    'it came anew',
  );
  t.strictSame(
    said(toldNothing, new Map([[3, registration(3, [])]])),
    [],
    'without tables there is nothing to know',
  );
  t.end();
});

t.test('what goes is told before what comes, so that a name is free by then', (t) => {
  t.strictSame(said(new Map([[1, one]]), new Map([[2, two]])), ['detach 1', 'attach 2']);
  t.end();
});

t.test('one extension a message, with the socket on which it is called', (t) => {
  t.match(extensionNews(toldNothing, new Map([[1, one]]), 1_000), [
    {
      type: 'attach',
      extension: {
        uuid: 1,
        name: 'extension 1',
        path: '/run/em.1',
        socketDue_ms: 2_000,
        tables: [{ name: 't' }],
      },
    },
  ]);
  t.end();
});

t.test('a table that is away is told as such, with all its names and since when', (t) => {
  const before = registration(1, ['t', 'u']);
  const tables = before.tables.map((table) => ({ ...table, aliases: [`${table.name}_old`] }));
  const after = { ...before, tables, away: new Map([['u', 1_700_000_000_000]]) };
  t.strictSame(said(new Map([[1, before]]), new Map([[1, after]])), ['detach 1', 'attach 1']);
  const attached = extensionNews(toldNothing, new Map([[1, after]]), 0).flatMap((news) =>
    news.type === 'attach' ? [news.extension] : [],
  );
  t.strictSame(
    attached.map((each) => [each.tables.map(({ name }) => name), each.away]),
    [[['t'], [{ names: ['u', 'u_old'], since_unix_ms: 1_700_000_000_000 }]]],
  );
  t.end();
});
