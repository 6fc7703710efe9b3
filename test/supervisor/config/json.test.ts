import fc from 'fast-check';
import t from 'tap';
import { memberKey, readJson } from '../../../supervisor/config/json-reader.ts';
import { stripComments } from '../../../supervisor/config/strip-comments.ts';
import { load, said } from './load-config.ts';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return 'refused';
  }
};
const read = (text: string): unknown => {
  const document = readJson(text, 1000);
  return document.ok ? document.value.value : 'refused';
};

t.test('the reader takes and refuses what JSON.parse does', async (t) => {
  const same = (text: string): boolean => JSON.stringify(read(text)) === JSON.stringify(parsed(text));
  fc.assert(fc.property(fc.json(), same));
  const damage = fc.tuple(
    fc.json(),
    fc.nat(),
    fc.constantFrom('', ',', '"', '}', '[', '\\', '\n', '-', '.', 'e', '0', 'u12', '\u0001', '\u00a0'),
  );
  fc.assert(
    fc.property(damage, ([text, at, piece]) => {
      const place = at % (text.length + 1);
      const broken = text.slice(0, place) + piece + text.slice(place + 1);
      // Repeated names are the one intended difference.
      return same(broken) || (readJson(broken, 1000).ok && /"(.*)".*"\1"/s.test(broken));
    }),
    { numRuns: 2000 },
  );
  for (const text of [
    '01',
    '1.',
    '.5',
    '-',
    '+1',
    '1e',
    '"\\x"',
    '"\\u12g4"',
    "'a'",
    '[1,]',
    '{"a":1,}',
    'nul',
    '',
    '"a',
    '"\t"',
    '\v1',
  ]) {
    t.equal(read(text), 'refused', JSON.stringify(text));
    t.equal(parsed(text), 'refused');
  }
});

t.test('a member called __proto__ is a member', async (t) => {
  const value = read('{"__proto__": {"polluted": 1}}') as object;
  t.ok(Object.hasOwn(value, '__proto__'));
  t.equal(Object.getPrototypeOf(value), Object.prototype);
  t.equal('polluted' in value, false);
});

t.test('the first of equal names counts and the others are told', async (t) => {
  const document = readJson('{"a": 1, "b": {"c": 2, "c": 3}, "a": 4}', 32);
  t.match(document, {
    ok: true,
    value: {
      value: { a: 1, b: { c: 2 } },
      repeated: [
        { path: ['b', 'c'], offset: 23 },
        { path: ['a'], offset: 32 },
      ],
    },
  });
});

t.test('every member and item is found again where it stands', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value, null, 2);
      const document = readJson(text, 1000);
      if (!document.ok) return false;
      const { offsets } = document.value;
      const visit = (inner: unknown, path: readonly string[]): boolean =>
        typeof inner !== 'object' ||
        inner === null ||
        Object.entries(inner).every(([name, member]) => {
          const at = offsets.get(memberKey([...path, name]));
          const stands = text.slice(at ?? text.length);
          const begins = Array.isArray(inner) ? JSON.stringify(member)[0] : JSON.stringify(name);
          return stands.startsWith(begins ?? '?') && visit(member, [...path, name]);
        });
      return visit(value, []);
    }),
  );
  t.pass('fast-check found no counterexample');
});

t.test('comments: whole lines only, and backslashes join lines first', async (t) => {
  const source = '// one\n\t # two\r\n{ "a": \\\n1, "url": "http://x#y" }\n\\\n# three\n';
  const { text } = stripComments(source);
  t.equal(text, '{ "a": 1, "url": "http://x#y" }\n');
  for (const refused of ['{} // trailing', '{} /* block */', '{ "a": 1, }', '{ "a": 1 # no\n }']) {
    t.equal(load({ 'main.conf': refused }).config, undefined, refused);
  }
});

t.test('a place in the stripped text is the place in the file', async (t) => {
  const line = fc.constantFrom('# x', '  // y', '', '   {"a":', '1', '\t"b\\', ' c"', '}  \r', '\\', 'x\\');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const { text, place } = stripComments(lines.join('\n'));
      return text.split('').every((character, offset) => {
        if (character === '\n') return true;
        const { line: row, column } = place(offset);
        return lines[row - 1]?.[column - 1] === character;
      });
    }),
    { numRuns: 1000 },
  );
  t.pass('fast-check found no counterexample');
});

t.test(
  'what is not JSON is told with its place in the file, comments and joined lines counted',
  async (t) => {
    t.equal(
      said({ 'main.conf': '# comment\n{\n  "schedule": {,\n}' })[0],
      "error: main.conf:3: expected a name in quotes or '}', found ',' in column 16",
    );
    t.equal(
      said({ 'main.conf': '{ "a": \\\n  x }' })[0],
      "error: main.conf:2: expected a value, found 'x' in column 3",
    );
    t.match(
      said({ 'main.conf': '{ "a": 1' })[0],
      /:1: expected ',' or '}', found the end of the file in column 9/,
    );
    t.match(said({ 'main.conf': '\ufeff{}' })[0], /found a byte order mark in column 1/);
    t.match(said({ 'main.conf': '[]' })[0], /main.conf:1: expected an object, found the array \[\]/);
    t.match(said({ 'main.conf': '' })[0], /expected a value, found the end of the file/);
  },
);

t.test('size and depth have osquery’s bounds', async (t) => {
  const nested = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;
  t.match(said({ 'main.conf': nested(33) })[0], /at most 32 levels of nesting/);
  t.notMatch(said({ 'main.conf': nested(32) }).join(), /levels/);
  t.match(said({ 'main.conf': `${'['.repeat(1_000_000)}` })[0], /at most 32 levels/);
  const filled = (bytes: number): string => `{"logger":{"x":"${'y'.repeat(bytes - 19)}"}}`;
  t.match(said({ 'main.conf': filled(4_194_305) })[0], /at most 4194304 bytes, found 4194305/);
  t.match(said({ 'main.conf': `# ${'z'.repeat(4_194_304)}\n${filled(4_194_304)}` }).at(-1), /0 errors/);
});
