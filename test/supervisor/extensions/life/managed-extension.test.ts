import t from 'tap';
import { usualExtensionBudget } from '../../../../protocol/extension/budget.ts';
import { Flags } from '../../../../supervisor/config/flags.ts';
import { extensionTerms } from '../../../../supervisor/extensions/life/extension-terms.ts';
import { manageExtensions, pathHashOf } from '../../../../supervisor/extensions/life/managed-extension.ts';

t.test('each path once, with a directory of its own; files of one name are told apart', async (t) => {
  const found = ['/a/one.ext', '/b/one.ext', '/a/two.ext', '/a/one.ext'].map((path) => ({
    path,
    nameRule: true,
  }));
  t.match(manageExtensions(found, '/state/ext'), [
    {
      number: 1,
      name: 'one',
      path: '/a/one.ext',
      directory: '/state/ext/1',
      door: { path: '/state/ext/1/em', kind: 'managed' },
    },
    { number: 2, name: '/b/one.ext', path: '/b/one.ext' },
    { number: 3, name: 'two', directory: '/state/ext/3' },
  ]);
});

t.test('a record goes by path and budget', async (t) => {
  const hash = pathHashOf('/a/one.ext', usualExtensionBudget);
  t.match(hash, /^[0-9a-f]{64}$/);
  t.not(pathHashOf('/b/one.ext', usualExtensionBudget), hash);
  t.not(pathHashOf('/a/one.ext', { ...usualExtensionBudget, processes: 65 }), hash);
});

t.test("the config's word stands before the flags', and those before the usual ones", async (t) => {
  const set = new Flags().with('extension_memory_mb', '100', 'command line');
  const flags = set.ok ? set.value : new Flags();
  const settings = new Map([
    ['one', { memory_mb: 50, denylist: false, run_as: '5:6' }],
    ['lost', { run_as: 'nobody-of-this-name' }],
  ]);
  const deps = {
    flags,
    settings: () => settings,
    rule: undefined,
    userIds: (name: string) => (name === '5:6' ? { uid: 5, gid: 6 } : undefined),
  };
  const asRoot = extensionTerms({ ...deps, uid: 0 });
  t.match(asRoot('two'), {
    value: { budget: { ...usualExtensionBudget, memory_mb: 100 }, mayBeDenied: true, runAs: undefined },
  });
  t.match(asRoot('one'), {
    value: { budget: { memory_mb: 50 }, mayBeDenied: false, runAs: { uid: 5, gid: 6 } },
  });
  t.match(asRoot('lost'), {
    error: { message: /'nobody-of-this-name' names no user and group of this host/ },
  });
  const asUser = extensionTerms({ ...deps, uid: 1000 });
  t.match(asUser('one'), { error: { message: /needs a daemon of root; this one is of user 1000/ } });
  t.match(asUser('two'), { ok: true });
});
