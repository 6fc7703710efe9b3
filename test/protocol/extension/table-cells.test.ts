import fc from 'fast-check';
import t from 'tap';
import { readCell, writeCell } from '../../../protocol/extension/table-cells.ts';

t.test('whole numbers are read as C reads them', (t) => {
  const cases: readonly (readonly [string, number | bigint | null])[] = [
    ['0', 0],
    ['-12', -12],
    ['+7', 7],
    ['  7', 7],
    ['0x1F', 31],
    ['-0x10', -16],
    ['010', 8],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['9223372036854775808', null],
    ['18446744073709551615', null],
    ['9007199254740993', 9007199254740993n],
    ['', null],
    ['7 ', null],
    ['08', null],
    ['1.5', null],
    ['1e3', null],
    ['seven', null],
    ['0x', null],
    ['9'.repeat(100_000), null],
  ];
  for (const [text, value] of cases) {
    t.equal(readCell('BIGINT', text), value, text.slice(0, 30));
    t.equal(readCell('INTEGER', text), value);
  }
  t.equal(readCell('UNSIGNED_BIGINT', '18446744073709551615'), 2n ** 64n - 1n);
  t.equal(readCell('UNSIGNED_BIGINT', '18446744073709551616'), null);
  t.equal(readCell('UNSIGNED_BIGINT', '-1'), null);
  t.end();
});

t.test('other types', (t) => {
  t.equal(readCell('TEXT', ''), '');
  t.equal(readCell('TEXT', Buffer.from('ü')), 'ü');
  t.equal(readCell('TEXT', undefined), undefined, 'a column that the row does not have');
  t.strictSame(
    ['1.5', '-.5', '5.', '1e3', ' 2 ', 'inf', '-Infinity', '', 'nan', '1,5', '1.5x', '0x10'].map((text) =>
      readCell('DOUBLE', text),
    ),
    [1.5, -0.5, 5, 1000, 2, Infinity, -Infinity, null, null, null, null, null],
  );
  const bytes = Buffer.from([255, 0]);
  t.equal(readCell('BLOB', bytes), bytes);
  t.strictSame([null, undefined, 5, 2n ** 63n, 'a', bytes, -0.5].map(writeCell), [
    '',
    '',
    '5',
    '9223372036854775808',
    'a',
    bytes,
    '-0.5',
  ]);
  t.end();
});

t.test('numbers survive the wire', (t) => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      const read = readCell('BIGINT', String(writeCell(value)));
      return typeof read !== 'object' && read !== undefined && BigInt(read) === value;
    }),
  );
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      const read = readCell('DOUBLE', writeCell(value));
      return read === value;
    }),
  );
  t.pass('every one of them');
  t.end();
});
