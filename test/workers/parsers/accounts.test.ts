import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseGroup } from '../../../workers/parsers/group.ts';
import { parsePasswd } from '../../../workers/parsers/passwd.ts';
import { parseShadow } from '../../../workers/parsers/shadow.ts';

t.test('a whole account', async (t) => {
  t.strictSame(parsePasswd('alice:x:1000:100:Alice,Room 1,,:/home/alice:/bin/bash\n'), [
    {
      username: 'alice',
      uid: 1000,
      gid: 100,
      description: 'Alice,Room 1,,',
      directory: '/home/alice',
      shell: '/bin/bash',
    },
  ]);
});

t.test('what is no account is left out', async (t) => {
  const lines = [
    '',
    '   ',
    '# comment',
    '+::::::',
    '+@netgroup::::::',
    '+alice:x:0:0:::',
    '#mallory:x:0:0:::',
    '-mallory::::::',
    'word',
    'noids:x:::a:b:c',
    'hex:x:0x10:0:::',
    'negative:x:-2:-2:::',
    'toobig:x:4294967296:0:::',
    'behind:x:0 :0:::',
    'half:x:5x:0:::',
    'far:x:99999999999999999999999:0:::',
    'farther:x:-18446744073709551616:0:::',
    'none:x::0:::',
  ];
  t.strictSame(parsePasswd(lines.join('\n')), []);
  t.strictSame(parsePasswd(''), []);
});

t.test('no second root hides behind how its number is written, or behind no name', async (t) => {
  for (const number of [' 0', '\t0', '+0', '-0', '00000000000000000000000', ' +000'])
    t.match(parsePasswd(`evil:x:${number}:0::/:`), [{ username: 'evil', uid: 0 }], number);
  t.match(parsePasswd('x:x:-18446744073709551615:010::/:'), [{ uid: 1, gid: 10 }], 'as strtoul(3) counts');
  t.match(parsePasswd(':x:0:0::/:'), [{ username: '', uid: 0 }]);
  t.match(parsePasswd('evil:x:0:0\0:no number::/:'), [{ username: 'evil', uid: 0 }]);
  t.match(parsePasswd('\u00a0root:x:0:0::/:'), [{ username: '\u00a0root' }], 'only ASCII blanks are skipped');
  t.match(parseGroup('wheel:x: 0:a, b,\tc:d,,\r'), [{ gid: 0, members: ['a', 'b', 'c:d'] }]);
  t.strictSame(parsePasswd(`x:x:${'0'.repeat(5e6)}y:0::/:\nx:x:${' '.repeat(5e6)}:0::/:`), []);
});

/** Files of accounts as the C library reads them, asked through Python. */
const cLibrary = `
import ctypes as c, json, sys
lib = c.CDLL(None)
text = lambda v: None if v is None else v.decode()
class Passwd(c.Structure):
    _fields_ = [('n', c.c_char_p), ('p', c.c_char_p), ('u', c.c_uint), ('g', c.c_uint), ('i', c.c_char_p), ('d', c.c_char_p), ('s', c.c_char_p)]
    told = lambda r: [text(r.n), r.u, r.g, text(r.i), text(r.d), text(r.s)]
class Group(c.Structure):
    _fields_ = [('n', c.c_char_p), ('p', c.c_char_p), ('g', c.c_uint), ('m', c.POINTER(c.c_char_p))]
    def told(r):
        names = []
        while r.m[len(names)] is not None: names.append(text(r.m[len(names)]))
        return [text(r.n), r.g, names]
class Shadow(c.Structure):
    _fields_ = [('n', c.c_char_p), ('p', c.c_char_p)] + [('d%d' % i, c.c_long) for i in range(7)]
    told = lambda r: [text(r.n)] + [getattr(r, 'd%d' % i) for i in range(7)]
lib.fopen.restype = c.c_void_p
def entries(function, kind, path):
    read = getattr(lib, function)
    read.restype, read.argtypes = c.POINTER(kind), [c.c_void_p]
    file = lib.fopen(path.encode(), b'r')
    found = []
    while True:
        entry = read(file)
        if not entry: return found
        found.append(entry.contents.told())
print(json.dumps([entries(*each) for each in zip(['fgetpwent', 'fgetgrent', 'fgetspent'], [Passwd, Group, Shadow], sys.argv[1:])]))
`;
const asked = (t: Test, passwd: string, group: string, shadow: string): unknown => {
  const directory = t.testdir({ passwd, group, shadow });
  const paths = ['passwd', 'group', 'shadow'].map((name) => join(directory, name));
  const { stdout } = spawnSync('python3', ['-c', cLibrary, ...paths], { encoding: 'utf8' });
  return JSON.parse(stdout);
};
const noPython =
  spawnSync('python3', ['-c', 'import ctypes; ctypes.CDLL(None).fgetspent']).status !== 0 &&
  'needs python3, and a C library with fgetspent(3)';

t.test('the C library reads the same', { skip: noPython }, async (t) => {
  const numbers = [
    ...[
      '0',
      '00000000000',
      '+0',
      '-0',
      ' 0',
      '\t7',
      '010',
      '4294967295',
      '2147483648',
      '-18446744073709551615',
    ],
    ...['4294967296', '-1', '99999999999999999999', '0x0', '0 ', '5x', ' ', '+', '- 1', '+-1', ''],
  ];
  const passwd = [
    ...numbers.map((number, index) => `u${index}:x:${number}:${index}:,,:/d:/bin/sh`),
    ...[
      ' a:x:1:1',
      '#b:x:1:1::/:',
      ':x:1:1::/:',
      '',
      ':::',
      'c:x:1:1:i',
      'd:x:1',
      'e:x:1:1:i:/d:/s:more',
      'z:x:1:1\0x:i:/d:/s',
      'f g::1:1::/:/s ',
    ],
  ].join('\n');
  const group = [
    ...numbers.map((number, index) => `g${index}:x:${number}:a`),
    ...[' a:x:1: a, b ,c', '#b:x:1:a', ':x:1:a', 'c:x:1', 'd:x:1:', 'e:x', 'f:x:1:,a,,b:c'],
  ].join('\n');
  // An empty field is -1 there, and the others are too many to be read or too few.
  const dated = numbers.filter((number) => number.trim() !== '');
  const shadow = [
    ...dated.map((number, index) => `s${index}:*:${number}:0:9:7:::`),
    ...[' a:*:1:2:3:4:5:6:7', '#b:*:1:2:3::::', ':*:::::::', 'c:*:1:2:3:4:5:6'],
  ].join('\n');
  const [users, groups, passwords] = [parsePasswd(passwd), parseGroup(group), parseShadow(shadow)];
  t.strictSame(asked(t, passwd, group, shadow), [
    users.map((each) => [each.username, each.uid, each.gid, each.description, each.directory, each.shell]),
    groups.map(({ groupname, gid, members }) => [groupname, gid, members]),
    passwords.map((each) => [
      ...[each.username, each.last_change, each.min, each.max, each.warning, each.inactive, each.expire],
      each.flag,
    ]),
  ]);
});

t.test('short, long and padded lines as the C library takes them', async (t) => {
  const [short, long] = parsePasswd('  short:x:1:2\nlong:x:4294967295:0:g:/d:/bin/sh:extra');
  t.match(short, { username: 'short', uid: 1, gid: 2, description: '', directory: '', shell: '' });
  t.match(long, { uid: 4294967295, shell: '/bin/sh:extra' });
});

t.test('a carriage return belongs to the shell, which login would not find either', async (t) => {
  t.match(parsePasswd('a:x:1:1::/:/bin/sh\r\n'), [{ shell: '/bin/sh\r' }]);
});

t.test('groups', async (t) => {
  t.strictSame(parseGroup('wheel:x:10:a,b\r\nempty:x:11:\nshort:x:12\ncr:x:13\r\n'), [
    { groupname: 'wheel', gid: 10, members: ['a', 'b'] },
    { groupname: 'empty', gid: 11, members: [] },
    { groupname: 'short', gid: 12, members: [] },
    { groupname: 'cr', gid: 13, members: [] },
  ]);
  t.strictSame(parseGroup('+:::\n#x\nbad:x:one:\n'), []);
});
