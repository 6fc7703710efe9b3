import { readFileSync } from 'node:fs';
import t from 'tap';
import { createHostFiles } from '../../../platform/node/host-files/door.ts';
import type { Cell } from '../../../protocol/cell.ts';
import { doubleText } from '../../../supervisor/double-text.ts';
import { sharedPath } from '../../shared.ts';
import { openEngine, realMeter } from '../harness.ts';

/** Internal to osqueryi's own meta commands, and unknown to its daemon. */
const notOurs = new Set(['shellstatic']);
/** Examples that are told in words, or of more than one statement's result: they have tests of their own. */
const inWords = /^same with|^SELECT carve|\/tmp\/a b/;

interface Example {
  readonly sql: string;
  readonly result: unknown;
}

interface Reference {
  readonly functions: readonly { readonly names: readonly string[]; readonly examples: readonly Example[] }[];
  readonly collation_examples: readonly Example[];
}

const path = sharedPath('reference/sql-functions.json');

/** A REAL as osquery prints it. */
const shown = (cell: Cell | undefined): unknown =>
  typeof cell === 'object' && cell !== null && 'real' in cell
    ? doubleText(cell.real).replace('Inf', 'inf.0')
    : cell;

t.test(
  "osquery's functions and collations",
  { skip: path === undefined && 'no reference data' },
  async (t) => {
    const reference = JSON.parse(readFileSync(path ?? '', 'utf8')) as Reference;
    const root = t.testdir({ bin: { ls: '' } });
    const files = createHostFiles({ root, readMax_bytes: 1, budget: { read_bytes: 1, paths: 1_000 } });
    const { ask } = await openEngine([]);
    const examples = reference.functions
      .filter(({ names }) => !names.some((name) => notOurs.has(name)))
      .flatMap((each) => each.examples)
      .filter(({ sql }) => !inWords.test(sql))
      .concat(reference.collation_examples);
    t.ok(examples.length > 125, `${examples.length} examples`);
    for (const { sql, result } of examples) {
      const answer = ask(`SELECT ${sql}`, { services: { files } });
      if (typeof result === 'object' && result !== null && 'error' in result) {
        t.ok(answer.failure?.message.startsWith(String(result.error)), sql);
      } else
        t.strictSame(
          answer.cells.map(([cell]) => shown(cell)),
          [result],
          sql,
        );
    }
  },
);

t.test('REGEXP, soundex and the text form of a REAL', async (t) => {
  const { ask } = await openEngine([]);
  t.strictSame(
    ask("SELECT 'abc' REGEXP 'b.$', 'abc' REGEXP '^b', NULL REGEXP 'x', concat(1.0, '|', 0.1, '|', 1e20)")
      .cells,
    [[1, 0, null, '1.0|0.1|1.0e+20']],
  );
  t.strictSame(ask("SELECT soundex('Robert'), soundex('Tymczak'), soundex('123'), soundex(NULL)").cells, [
    ['R163', 'T522', '?000', '?000'],
  ]);
  t.match(ask(`SELECT regex_match('a', '${'a'.repeat(257)}', 0)`).failure, {
    message: /max size is 256 bytes/,
  });
});

t.test('versions as osquery compares them, also where the package manager itself would not', async (t) => {
  const { ask } = await openEngine([]);
  // rpm's own rpmvercmp takes 11 for a number. osquery's RHEL rules decide by the first byte that differs.
  t.strictSame(
    ask("SELECT '6.11' < '6.2' COLLATE version_rhel, version_compare('6.11', '6.2', 'RHEL')").cells,
    [[1, -1]],
  );
  t.strictSame(
    ask(
      "SELECT version_compare('6.11', '6.2'), version_compare('6.11', '6.2', 'ARCH'), version_compare('6.11', '6.2', 'DPKG')",
    ).cells,
    [[1, 1, 1]],
    'the other flavours take the longer one for the newer',
  );
});

t.test('numbers at the edges of their domains', async (t) => {
  const { ask } = await openEngine([]);
  const domain = /^Numerical argument out of domain$/;
  const range = /^Numerical result out of range$/;
  for (const [sql, message] of [
    ['asin(-1.1)', domain],
    ['sin(1e999)', domain],
    ['power(-8, 0.5)', domain],
    ['power(0, -1)', range],
    ['power(10, -400)', range],
    ['exp(20000)', range],
    ['exp(-20000)', range],
    ["sqrt('-1x')", domain],
  ] as const)
    t.match(ask(`SELECT ${sql}`).failure, { reason: 'sql_error', message }, sql);
  t.strictSame(
    ask(
      "SELECT sqrt(NULL), sqrt('4 apples'), sqrt(x'34'), atan(1e999) > 1.57, log(2, 8) > 2.9, cos('Infinity'), power(1, 1e999), power(-1, -1e999)",
    ).cells,
    [[null, { real: 2 }, { real: 2 }, 1, 1, { real: 1 }, { real: 1 }, { real: 1 }]],
  );
  t.strictSame(
    ask(
      "SELECT ceil(-0.5), ceil(9007199254740993), floor(1e17), floor(1e300), ceil('x'), ceil(NULL), typeof(ceil(1.0))",
    ).cells,
    [
      [
        0,
        { int: '9007199254740993' },
        { int: '100000000000000000' },
        { int: '-9223372036854775808' },
        0,
        null,
        'integer',
      ],
    ],
  );
});

t.test('digests and encodings of what is no plain text', async (t) => {
  const { ask } = await openEngine([]);
  t.strictSame(
    ask(
      "SELECT md5('test' || char(0) || 'x') = md5('test'), md5(1.0) = md5('1.0'), sha1(x'74657374') = sha1('test'), sha256(NULL)",
    ).cells,
    [[1, 1, 1, null]],
  );
  t.strictSame(
    ask(
      "SELECT to_base64('a' || char(0)), from_base64('dGVz' || char(13, 10) || 'dA=='), from_base64('dG=z'), from_base64('-_'), conditional_to_base64(x'7f'), to_base64(NULL)",
    ).cells,
    [['YQA=', 'test', 't`3', '', 'fw==', null]],
  );
});

t.test('bytes that are not UTF-8 go through encodings and digests as they are', async (t) => {
  const { ask } = await openEngine([]);
  t.strictSame(
    ask(
      "SELECT hex(from_base64('/wBB')), typeof(from_base64('/w==')), to_base64(from_base64('/wD+')), md5(CAST(x'ff' AS TEXT)) = md5(x'ff'), conditional_to_base64(CAST(x'ff41' AS TEXT)), from_base64('QQ==' || char(233))",
    ).cells,
    [['FF0041', 'text', '/wD+', 1, '/0E=', '']],
  );
  t.strictSame(ask("SELECT from_base64('/0E=')").cells, [['\ufffdA']], 'what cannot be shown');
});

t.test('texts end at their first NUL, and spaces are those of ASCII, as in C', async (t) => {
  const { ask } = await openEngine([]);
  t.strictSame(
    ask(
      "SELECT concat('a' || char(0) || 'b', 'c'), concat_ws('-', 'a' || char(0), 'b'), split('a,b' || char(0) || 'c', ',', 1), regex_match('ab' || char(0) || 'c', '.+', 0), length(split(' a' || char(160) || ',', ',', 0)), split('a b', ' ', '1e0'), split('a b', ' ', 1.9)",
    ).cells,
    [['ac', 'a-b', 'b', 'ab', 2, 'b', 'b']],
  );
});

t.test('classes of characters within brackets of a pattern', async (t) => {
  const { ask } = await openEngine([]);
  for (const [text, pattern, match] of [
    ['ab-12', '[[:digit:]]+', '12'],
    ['ab-12', '[^[:alpha:]]+', '-12'],
    ['x_1 y', '[[:alnum:]_]+', 'x_1'],
    ['a.b!c', '[[:punct:]]b[[:punct:]]', '.b!'],
    ['tab\there', '[[:blank:]][[:lower:]]+', '\there'],
    ['C0FFEE!', '[[:xdigit:]]+', 'C0FFEE'],
    ['C0FFEE!', '[[:d:][:upper:]]+', 'C0FFEE'],
    ['a]b', '[\\][:space:]]', ']'],
    ['[:d', '\\[[:d]+', '[:d'],
    [':p:x', '[:p:]+', ':p:'],
  ] as const)
    t.strictSame(ask(`SELECT regex_match('${text}', '${pattern}', 0)`).cells, [[match]], pattern);
  t.strictSame(ask("SELECT regex_split('a1b22c', '[[:digit:]]+', 2)").cells, [['c']]);
  t.match(ask("SELECT regex_match('a', '[[:letter:]]', 0)").failure, { message: /^Invalid regex/ });
});

t.test('blocks of addresses, and what is no address', async (t) => {
  const { ask } = await openEngine([]);
  t.strictSame(
    ask(`SELECT inet_aton('01.2.3.4'), inet_aton(NULL), in_cidr_block('10.0.0.1/32', '10.0.0.1'),
      in_cidr_block('10.0.0.0/31', '10.0.0.1'), in_cidr_block('0.0.0.0/0', '255.255.255.254'),
      in_cidr_block('::/0', '::1'), in_cidr_block('::ffff:10.0.0.0/120', '::ffff:10.0.0.9'),
      in_cidr_block('fe80::/64', 'fe80:0:0:1::')`).cells,
    [[null, null, 1, 0, 1, 0, 1, 0]],
  );
  for (const [sql, message] of [
    ["in_cidr_block(1, '::1')", 'CIDR must be a string'],
    ["in_cidr_block('::/0', NULL)", 'IP address must be a string'],
    ["in_cidr_block('::/0', '1::2::3')", 'IP address cannot be parsed'],
    ["in_cidr_block('::/0', '1:2:3:4:5:6:7:8:9')", 'IP address cannot be parsed'],
    ["in_cidr_block('10.0.0.0/33', '10.0.0.1')", 'CIDR for IP address v4 cannot be parsed'],
    ["in_cidr_block('::/129', '::1')", 'CIDR for IP address v6 cannot be parsed'],
    ["in_cidr_block('10.0.0.0', '10.0.0.1')", 'CIDR for IP address v4 cannot be parsed'],
  ] as const)
    t.equal(ask(`SELECT ${sql}`).failure?.message, message, sql);
});

t.test('flows without a Community ID: what is wrong is told in turn', async (t) => {
  const { ask } = await openEngine([]);
  for (const [args, message] of [
    ["1, '::1', 1, 1, 6, '0'", 'seed must be an integer'],
    ["1, '::1', 1, 1, 6, 40000", 'seed must fit in 2 bytes'],
    ["1, '::1', 1, 1, 6", 'IPs must be strings'],
    ["'x', 'y', 1, 1, 6", 'saddr cannot be parsed as IP'],
    ["'::1', '::1', 1, '1', 6", 'ports must be integers'],
    ["'::1', '::1', 1, 65536, 6", 'ports must fit in 2 bytes'],
    ["'::1', '::1', 1, 1, NULL", 'protocol must be an integer'],
    ["'::1', '::1', 1, 1, 256", 'protocol must fit in 1 byte'],
  ] as const) {
    const warnings: string[] = [];
    const services = { warn: (text: string) => void warnings.push(text) };
    t.equal(ask(`SELECT community_id_v1_strict(${args})`).failure?.message, `Community ID ${message}`);
    t.strictSame(ask(`SELECT community_id_v1(${args})`, { services }).cells, [[null]]);
    t.strictSame(warnings, [`community_id_v1: Community ID ${message}`]);
  }
  t.match(ask("SELECT community_id_v1('::1')").failure, { message: /wrong number of arguments/ });
  const swapped =
    "SELECT community_id_v1('10.0.0.1', '10.0.0.1', 9, 8, 6) = community_id_v1('10.0.0.1', '10.0.0.1', 8, 9, 6)";
  t.strictSame(ask(swapped).cells, [[1]]);
});

t.test('programs of command lines', async (t) => {
  const root = t.testdir({ bin: { a: '', 'a b': '', 'q"x': '', dir: { f: '' } } });
  const { ask } = await openEngine([]);
  const of = (sql: string, paths = 100): unknown => {
    const files = createHostFiles({ root, readMax_bytes: 1, budget: { read_bytes: 1, paths } });
    const { cells, failure } = ask(`SELECT ${sql}`, { services: { files } });
    return failure?.message ?? cells[0]?.[0];
  };
  t.equal(of("is_path_deterministic('/bin/a b')"), 0);
  t.equal(of("is_path_deterministic('/bin/a b', 0)"), 0);
  t.equal(of("is_path_deterministic('/bin/a\\ b')"), 1, 'the space is escaped');
  t.equal(of('is_path_deterministic(\'"/bin/a b" c\', 1)'), 1, 'the space is quoted');
  t.equal(of("is_path_deterministic('/bin/a c')"), 1);
  t.equal(of("find_file_path_in_cmd('/bin/a^ b', 0, '^')"), '/bin/a b');
  t.equal(of("find_file_path_in_cmd('/bin/q\"x y')"), '/bin/q"x', 'a quote is a character unless asked for');
  t.equal(of("find_file_path_in_cmd('/bin/dir /f')"), '', 'a directory is no program');
  t.equal(of("find_file_path_in_cmd('bin/a')"), '');
  t.equal(of("find_file_path_in_cmd('/bin/a\\')"), '/bin/a', 'an escape at the end escapes nothing');
  t.equal(of("find_file_path_in_cmd('\"/bin/a b\"', 1, '\"')"), '/bin/a b', 'a quote is a quote first');
  t.equal(of("find_file_path_in_cmd('/bin/a' || char(0) || ' x')"), '/bin/a');
  const bad = 'Invalid inputs to find_binary_path_from_cmd';
  for (const args of ['', "'a', NULL", "'a', 0, 'xy'", "'a', 0, 'ä'", 'NULL'])
    t.equal(of(`find_file_path_in_cmd(${args})`), bad);
  t.match(of("find_file_path_in_cmd('/x a a a a a a a')", 3), /stopped at its paths limit/);
  t.match(of('parent_directory(1)'), /^Invalid inputs to parent_directory, TEXT was expected/);
});

t.test('sleep is under the deadline, and happens for each row', async (t) => {
  const { ask } = await openEngine([]);
  let slept_ms = 0;
  const meter = {
    ...realMeter,
    monotonicMs: () => slept_ms,
    pause: (duration_ms: number) => {
      slept_ms += duration_ms;
    },
  };
  t.strictSame(ask("SELECT sleep(1), sleep(1), sleep('2x')", { meter }).cells, [[1, 1, 2]]);
  t.equal(slept_ms, 4_000);
  t.match(ask('SELECT sleep(1000000000)', { meter, budget: { wall_ms: 500 } }).failure, {
    reason: 'limit',
    limit: 'wall_ms',
  });
  t.ok(slept_ms < 5_000, 'it looked up in time');
});

t.test('carve collects nothing, and says so', async (t) => {
  const { ask } = await openEngine([]);
  const warnings: string[] = [];
  const services = { warn: (text: string) => void warnings.push(text) };
  t.strictSame(ask("SELECT carve(value) FROM json_each('[1,2]')", { services }).cells, [['Carve Failed:']]);
  t.match(warnings, [/does not carve files yet/]);
});
