import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { mayBeNull, optionMask, optionsOf } from '../../../protocol/extension/column-options.ts';
import {
  binaryColumns,
  readTableRoute,
  type TableRoute,
  tableAttributes,
  writeTableRoute,
} from '../../../protocol/extension/table-route.ts';
import type { PluginRow } from '../../../protocol/extension/types.ts';
import type { Collation, Column, ColumnOptions, TableColumnType } from '../../../protocol/table.ts';

const row = (members: Record<string, string>): PluginRow => new Map(Object.entries(members));
const column = (name: string, type = 'TEXT', op = '0'): PluginRow => row({ id: 'column', name, type, op });

const types: readonly TableColumnType[] = ['TEXT', 'INTEGER', 'BIGINT', 'UNSIGNED_BIGINT', 'DOUBLE', 'BLOB'];
const collations: readonly Collation[] = [
  'BINARY',
  'NOCASE',
  'RTRIM',
  'VERSION',
  'VERSION_ARCH',
  'VERSION_DPKG',
  'VERSION_RHEL',
];

t.test('a route is read as osquery declares it', (t) => {
  const info = [
    column('pid', 'BIGINT', '3'),
    column('path', 'TEXT', '64'),
    column('raw', 'BLOB', '16'),
    column('size', 'UNSIGNED BIGINT', '2048'),
    column('odd', 'FLOAT', 'x'),
    row({ id: 'alias', alias: 'procs' }),
    row({ id: 'columnAlias', name: 'process', target: 'pid' }),
    row({ id: 'columnAlias', name: 'nothing', target: 'missing' }),
    row({ id: 'attributes', attributes: '10' }),
    row({ id: 'something', else: '1' }),
    new Map<string, string>(),
  ];
  const route = readTableRoute('processes2', info, true);
  t.strictSame(route, {
    ok: true,
    value: {
      name: 'processes2',
      columns: [
        { name: 'pid', column: { type: 'BIGINT', index: true, required: true, aliases: ['process'] } },
        { name: 'path', column: { type: 'TEXT', collate: 'NOCASE' } },
        { name: 'raw', column: { type: 'BLOB', hidden: true } },
        { name: 'size', column: { type: 'UNSIGNED_BIGINT', collate: 'VERSION_RHEL' } },
        { name: 'odd', column: { type: 'TEXT', index: true } },
      ],
      aliases: ['procs'],
      attributes: new Set(['cacheable', 'user_based']),
    },
  });
  t.match(readTableRoute('a', [column('x')], false), {
    value: { columns: [{ column: { index: undefined } }] },
  });
  if (route.ok) t.strictSame(binaryColumns(route.value), new Set(['raw']));
  t.end();
});

t.test('what cannot be a table is refused with the reason', (t) => {
  const cases: readonly (readonly [string, readonly PluginRow[], string])[] = [
    ['empty', [], 'no_columns'],
    ['only_alias', [row({ id: 'alias', alias: 'x' })], 'no_columns'],
    ['twice', [column('a'), column('A')], 'duplicate_column'],
    ['unnamed', [column('')], 'bad_name'],
    ['quoted', [column('a"b')], 'bad_name'],
    ['escape', [column('a\u001b[31m')], 'bad_name'],
    ['direction', [column('a\u202e')], 'bad_name'],
    ['proto', [column('__proto__')], 'bad_name'],
    ['long', [column('x'.repeat(257))], 'bad_name'],
    ['', [column('a')], 'bad_name'],
    ['sqlite_master', [column('a')], 'bad_name'],
    ['a`b', [column('a')], 'bad_name'],
    ['wide', Array.from({ length: 2001 }, (_, index) => column(`c${index}`)), 'too_many_columns'],
  ];
  for (const [name, info, reason] of cases) {
    t.match(readTableRoute(name, info, true), { ok: false, error: { reason } }, name);
  }
  t.match(readTableRoute('umlaut', [column('größe'), column('with space')], true), { ok: true });
  t.end();
});

const options: fc.Arbitrary<ColumnOptions> = fc
  .record(
    {
      index: fc.constant(true as const),
      required: fc.constant(true as const),
      additional: fc.constant(true as const),
      optimized: fc.constant(true as const),
      hidden: fc.constant(true as const),
      collate: fc.constantFrom(...collations),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .map((each) => each as ColumnOptions);

t.test('every route survives the wire', (t) => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 8 });
  const routes = fc
    .record({
      names,
      drawn: fc.array(fc.tuple(fc.constantFrom(...types), options), { minLength: 8, maxLength: 8 }),
      aliases: fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 3 }),
      attributes: fc.subarray([...tableAttributes]),
    })
    .map(({ names, drawn, aliases, attributes }): TableRoute => {
      const columns = names.map((name, index) => {
        const [type, given] = drawn[index] ?? ['TEXT', {}];
        const column: Column = { type, ...given };
        return { name, column: index === 0 ? { ...column, aliases: [`${name}_too`] } : column };
      });
      return { name: 'drawn', columns, aliases, attributes: new Set(attributes) };
    });
  fc.assert(
    fc.property(routes, (route) => {
      const read = readTableRoute('drawn', writeTableRoute(route), false);
      return read.ok && isDeepStrictEqual(read.value, route);
    }),
  );
  t.pass('every one of them');
  t.end();
});

t.test('masks and options stand for each other', (t) => {
  fc.assert(fc.property(options, (given) => isDeepStrictEqual(optionsOf(optionMask(given)), { ...given })));
  t.equal(optionMask({ index: true, required: true, additional: true, optimized: true, hidden: true }), 31);
  t.strictSame(
    collations.map((collate) => optionMask({ collate })),
    [32, 64, 128, 256, 512, 1024, 2048],
  );
  t.strictSame(optionsOf(4096), {}, 'an unknown bit');
  const key = (mask: number): boolean => mayBeNull({ type: 'TEXT', ...optionsOf(mask) });
  t.strictSame([1, 2, 3, 0, 4, 17].map(key), [false, false, true, true, true, true]);
  t.end();
});
