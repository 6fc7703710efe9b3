import t from 'tap';
import { parseGroup } from '../../../workers/parsers/group.ts';
import { parsePasswd } from '../../../workers/parsers/passwd.ts';

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
    ':x:5:5:::',
    'word',
    'noids:x:::a:b:c',
    'hex:x:0x10:0:::',
    'negative:x:-2:-2:::',
    'toobig:x:4294967296:0:::',
    'blank:x: 0:0:::',
  ];
  t.strictSame(parsePasswd(lines.join('\n')), []);
  t.strictSame(parsePasswd(''), []);
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
  t.strictSame(parseGroup('+:::\n#x\n:x:1:\nbad:x:one:\n'), []);
});
