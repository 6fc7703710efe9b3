import t from 'tap';
import { resolveName } from '../../../supervisor/why/resolve-name.ts';

const known = {
  scheduled: ['users', 'user_logins', 'pack_it_users', 'pack_it_disks', 'pack_sec_suid', 'it'],
  others: ['gone', 'adhoc'],
  packDelimiter: '_',
};

const names = (asked: string): readonly string[] | string => {
  const resolved = resolveName(asked, known);
  return resolved.ok ? resolved.value : resolved.error.message;
};

t.test('a name is a query, a pack, the beginning of one name, or a name within its pack', async (t) => {
  t.strictSame(names('users'), ['users'], 'though it is the name of one in a pack as well');
  t.strictSame(names('adhoc'), ['adhoc']);
  t.strictSame(names('gone'), ['gone'], 'of a query that was judged and left the config');
  t.strictSame(names('sec'), ['pack_sec_suid'], 'a pack');
  t.strictSame(names('it'), ['it'], 'a query comes before a pack');
  t.strictSame(names('user_'), ['user_logins']);
  t.strictSame(names('disks'), ['pack_it_disks']);
  t.strictSame(
    resolveName('it', { scheduled: ['pack/it/a', 'pack/it/b', 'pack_it_c'], others: [], packDelimiter: '/' }),
    { ok: true, value: ['pack/it/a', 'pack/it/b'] },
  );
});

t.test('what is unclear or unknown is said, with what could be meant', async (t) => {
  t.equal(names('user'), "'user' can mean 2 queries: users, user_logins");
  t.equal(names('userz'), "no query and no pack is called 'userz'; did you mean 'users'?");
  t.match(names('something else'), /'leash query' on osquery_schedule lists the names/);
  const many = { ...known, scheduled: Array.from({ length: 20 }, (_, index) => `query_${index}`) };
  t.match(resolveName('query', many), { error: { reason: 'ambiguous_name', message: /, … \(12 more\)$/ } });
});
