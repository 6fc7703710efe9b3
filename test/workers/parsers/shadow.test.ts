import t from 'tap';
import { parseShadow } from '../../../workers/parsers/shadow.ts';

const unset = { min: -1, max: -1, warning: -1, inactive: -1, expire: -1, flag: -1 };

t.test('every kind of password, and never its hash', async (t) => {
  const states = Object.entries({
    $6$salt$hash: ['active', '6'],
    $y$j9T$salt$hash: ['active', 'y'],
    $2b$10$hash: ['active', '2b'],
    abJnggxhB35EI: ['active', undefined],
    '!$6$salt$hash': ['locked', undefined],
    '!': ['locked', undefined],
    '*': ['locked', undefined],
    x: ['locked', undefined],
    '!!': ['not_set', undefined],
    '': ['empty', undefined],
  });
  for (const [password, [password_status, hash_alg]] of states) {
    const entries = parseShadow(`alice:${password}:20000::::::\n`);
    t.strictSame(entries, [{ username: 'alice', password_status, hash_alg, last_change: 20_000, ...unset }]);
    t.notMatch(JSON.stringify(entries), /salt/);
  }
});

t.test('ageing', async (t) => {
  t.strictSame(parseShadow('bob:*:19000:1:99999:7:30:20500:0'), [
    {
      username: 'bob',
      password_status: 'locked',
      hash_alg: undefined,
      last_change: 19_000,
      min: 1,
      max: 99_999,
      warning: 7,
      inactive: 30,
      expire: 20_500,
      flag: 0,
    },
  ]);
});

t.test('empty, torn, malformed, CRLF and markers of a directory service', async (t) => {
  t.strictSame(parseShadow(''), []);
  t.strictSame(parseShadow('alice\nbob:*\n# c:*:1\n+nis:*:1\n'), []);
  t.strictSame(parseShadow('eve:*:soon:0:1:2:::\n'), [], 'a number that is none');
  t.strictSame(
    parseShadow('a:*:1:0:9:7:::\r\nb\ufffd:*:2').map(({ username, last_change, flag }) => [
      username,
      last_change,
      flag,
    ]),
    [
      ['a', 1, -1],
      ['b\ufffd', 2, -1],
    ],
  );
  t.equal(parseShadow(`${'x'.repeat(1e6)}\n${'a:*:1:0:9:7:::\n'.repeat(50_000)}`).length, 50_000);
});
