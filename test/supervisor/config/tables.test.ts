import t from 'tap';
import { load, said } from './load-config.ts';

const table = (more: object = {}): object => ({
  query: 'SELECT a FROM t',
  path: '/x/%',
  columns: ['a'],
  ...more,
});

t.test(
  'tables and views of all sources and packs for this host; later ones replace earlier ones',
  async (t) => {
    const { config, problems } = load({
      'main.conf': {
        views: { v: 'SELECT 1', kept: 'SELECT 2' },
        auto_table_construction: {
          one: table(),
          away: table({ platform: 'darwin' }),
          here: table({ platform: 'linux' }),
        },
        packs: {
          p: { views: { packed: 'SELECT * FROM one' } },
          windows: { platform: 'windows', views: { never: 'SELECT 1' } },
        },
      },
      'main.conf.d/1.conf': {
        views: { V: 'SELECT 3' },
        auto_table_construction: { one: table({ path: '/y' }) },
      },
    });
    t.strictSame(problems, []);
    t.strictSame(config?.tables, [
      { kind: 'table', name: 'one', sql: 'SELECT a FROM t', path: '/y', columns: ['a'] },
      { kind: 'table', name: 'here', sql: 'SELECT a FROM t', path: '/x/%', columns: ['a'] },
      { kind: 'view', name: 'V', sql: 'SELECT 3' },
      { kind: 'view', name: 'kept', sql: 'SELECT 2' },
      { kind: 'view', name: 'packed', sql: 'SELECT * FROM one' },
    ]);
  },
);

t.test('what cannot be used is left out with a warning; the rest of the config holds', async (t) => {
  const files = {
    'main.conf': {
      auto_table_construction: {
        'a"b': table(),
        relative: table({ path: 'x' }),
        none: table({ columns: [] }),
        twice: table({ columns: ['a', 'A'] }),
        odd: table({ columns: ['a"'] }),
        empty: table({ query: ' ' }),
        own: table({ columns: ['Path'] }),
      },
      views: { sqlite_x: 'SELECT 1', nothing: '' },
    },
  };
  t.strictSame(
    load(files).config?.tables.map(({ name }) => name),
    ['own'],
  );
  const lines = said(files);
  for (const wrong of [
    /a"b: expected a name that can stand in SQL, found .*the table is left out$/,
    /relative: expected a path that begins with '\/'/,
    /none: expected 1 to 999 columns/,
    /twice: expected columns that differ/,
    /odd: expected names of columns that can stand in SQL/,
    /empty: expected a statement of at most/,
    /own.columns: expected columns with other names, found 'path', which stands in/,
    /views.sqlite_x: expected a name that can stand in SQL, found .*the view is left out$/,
    /views.nothing: expected a statement/,
  ])
    t.equal(lines.filter((line) => wrong.test(line)).length, 1, String(wrong));
  t.match(lines.at(-1), /0 errors, 9 warnings/);
});

t.test('no more than a worker takes', async (t) => {
  const views = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`v${index}`, 'SELECT 1']));
  const { config, problems } = load({ 'main.conf': { views } });
  t.equal(config?.tables.length, 1_000);
  t.match(problems, [{ severity: 'warning', key: 'views.v1000', expected: 'at most 1000 tables and views' }]);
});
