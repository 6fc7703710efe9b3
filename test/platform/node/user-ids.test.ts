import t from 'tap';
import { userIds } from '../../../platform/node/user-ids.ts';

t.test('users and groups by name and by number', async (t) => {
  t.strictSame(userIds('root'), { uid: 0, gid: 0 });
  t.strictSame(userIds('0'), { uid: 0, gid: 0 });
  t.strictSame(userIds('root:root'), { uid: 0, gid: 0 });
  t.strictSame(userIds('4000000:4000001'), { uid: 4_000_000, gid: 4_000_001 }, 'numbers need no account');
  t.strictSame(userIds('root:4000001'), { uid: 0, gid: 4_000_001 });
});

t.test('what is not there is undefined, not root', async (t) => {
  for (const name of ['no-such-user', '4000000', 'root:no-such-group', '', ':', '-1', '0x0', '1e3:1']) {
    t.equal(userIds(name), undefined, name);
  }
});
