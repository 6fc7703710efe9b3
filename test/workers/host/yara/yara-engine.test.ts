import t from 'tap';
import { YaraRules } from '../../../../workers/host/yara/yara-engine.ts';

const compile = (...texts: readonly string[]): YaraRules => {
  const made = YaraRules.compile(texts.map((text, index) => ({ from: `text ${index}`, text })));
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
};
const refusal = (...texts: readonly string[]): string => {
  const made = YaraRules.compile(texts.map((text, index) => ({ from: `text ${index}`, text })));
  return made.ok ? 'taken' : made.error.message;
};

t.test('texts, hex strings and expressions are found where they are', async (t) => {
  const rules = compile(
    'rule kinds : one two { strings: $text = "root" nocase $hex = { 72 ?? 6f [1-2] 3a } $expr = /ro+t[^a-z]/ $wide = "ab" wide condition: any of them }',
  );
  const bytes = Buffer.from('xROOT root: a\0b\0');
  t.strictSame(rules.scan(bytes), [
    {
      identifier: 'kinds',
      tags: ['one', 'two'],
      strings: [
        { identifier: '$text', offset_bytes: 1 },
        { identifier: '$text', offset_bytes: 6 },
        { identifier: '$hex', offset_bytes: 6 },
        { identifier: '$expr', offset_bytes: 6 },
        { identifier: '$wide', offset_bytes: 12 },
      ],
    },
  ]);
  t.strictSame(rules.scan(Buffer.from('nothing')), []);
  t.strictSame(rules.scan(new Uint8Array()), []);
  rules.free();
});

t.test('private rules and strings count and are not told; global rules decide over others', async (t) => {
  const rules = compile(
    'private rule hidden { condition: filesize < 10 }',
    'rule shown { strings: $a = "a" private $ = "b" condition: hidden and all of them }',
    'global rule always { condition: uint8(0) != 0x7a }',
  );
  const told = (text: string): unknown =>
    rules
      .scan(Buffer.from(text))
      .map(({ identifier, strings }) => [identifier, ...strings.map((place) => place.identifier)])
      .toSorted();
  t.strictSame(told('ab'), [['always'], ['shown', '$']]);
  t.strictSame(told('ab and more than ten'), [['always']]);
  t.strictSame(told('zab'), []);
});

t.test('modules of YARA are there', async (t) => {
  const rules = compile(
    'import "elf" import "hash" import "math" rule a { condition: hash.md5(0, filesize) == "0cc175b9c0f1b6a831c399e269772661" and math.entropy(0, filesize) == 0.0 } rule b { condition: elf.type == elf.ET_EXEC or elf.type == elf.ET_DYN }',
  );
  t.match(rules.scan(Buffer.from('a')), [{ identifier: 'a' }]);
});

t.test('what is wrong with a rule is told with its place', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['rule x { condition: $a }', /^text 0 has a broken rule: unknown pattern `\$a` in line 1, column 21: /],
    ['rule x {', /syntax error in line 1, column 9: expecting/],
    ['', /^taken$/],
    ['rule x { condition: true } rule x { condition: true }', /duplicate rule `x`/],
    ['rule x { strings: $a = "a" condition: true }', /unused pattern `\$a`/],
    ['rule x { strings: $a = /(/ condition: $a }', /invalid regular expression/],
    ['include "/etc/passwd" rule x { condition: true }', /error including file.*not supported/],
    ['import "nothing" rule x { condition: true }', /unknown module/],
    ['rule x { condition: filename == "a" }', /unknown identifier/],
    [`rule x { strings: $a = /${'('.repeat(50_000)}a${')'.repeat(50_000)}/ condition: $a }`, /invalid/],
  ];
  for (const [text, message] of cases) t.match(refusal(text), message);
  t.match(refusal('rule x { condition: true }', 'rule y { condition: z }'), /^text 1 has a broken rule/);
});

t.test('a string at every byte is told a hundred thousand times, and no oftener', async (t) => {
  const rules = compile('rule a { strings: $a = "a" condition: #a > 1000 }');
  const [found] = rules.scan(Buffer.alloc(200_000, 'a'));
  t.equal(found?.strings.length, 100_000);
});

t.test('memory ends at its cap, and depth at the stack: both are traps', async (t) => {
  const rules = compile('rule a { condition: filesize > 0 }');
  const fits = new Uint8Array(50 * 2 ** 20);
  t.equal(rules.scan(fits).length, 1);
  t.throws(() => rules.scan(new Uint8Array(200 * 2 ** 20)), {
    name: 'RuntimeError',
    message: /^YARA broke down/,
  });
  const nested = `rule x { condition: ${'('.repeat(200_000)}true${')'.repeat(200_000)} }`;
  t.throws(() => refusal(nested), { name: 'RuntimeError', message: /^YARA broke down/ });
});
