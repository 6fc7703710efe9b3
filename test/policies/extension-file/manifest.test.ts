import t from 'tap';
import {
  describeManifest,
  type ExtensionManifest,
  manifestPath,
  parseManifest,
  permissionArguments,
} from '../../../policies/extension-file/manifest.ts';

const nothing: ExtensionManifest = {
  read: [],
  write: [],
  net: false,
  childProcess: false,
  worker: false,
  addons: false,
};

t.test('where it lies', async (t) => {
  t.equal(manifestPath('/opt/x/hello.mjs'), '/opt/x/hello.leash.json');
  for (const name of ['a.js', 'a.cjs', 'a.ts', 'a.mts', 'a.cts'])
    t.equal(manifestPath(`/${name}`), '/a.leash.json');
  t.equal(manifestPath('/opt/x.y/a.b.js'), '/opt/x.y/a.b.leash.json');
  for (const name of ['/opt/x.ext', '/opt/x.js/hello', '/opt/hello.py', '/opt/.js', '/opt/x.jsx'])
    t.equal(manifestPath(name), undefined, name);
});

t.test('what it says; what it does not say is denied', async (t) => {
  const parse = (value: unknown) => parseManifest(JSON.stringify(value), '/opt/x');
  t.strictSame(parse({}), { ok: true, value: nothing });
  t.strictSame(
    parse({
      read: ['/etc/hosts', 'data', './a/../b', '../c/', '/../..', '*'],
      write: ['.'],
      net: true,
      worker: false,
    }),
    {
      ok: true,
      value: {
        ...nothing,
        read: ['/etc/hosts', '/opt/x/data', '/opt/x/b', '/opt/c', '/', '*'],
        write: ['/opt/x'],
        net: true,
      },
    },
  );
  const wrong: readonly unknown[] = [
    ...[null, [], 'x', 5, true],
    ...[{ reads: [] }, { constructor: 1 }, { net: 1 }, { net: 'true' }, { worker: null }],
    ...[
      { read: '/etc' },
      { read: [1] },
      { read: [''] },
      { write: ['/a/*'] },
      { write: ['/a\0b'] },
      { read: [[]] },
    ],
    { read: Array.from({ length: 257 }, () => '/') },
  ];
  for (const value of wrong)
    t.match(parse(value), { ok: false, error: { reason: 'bad_manifest' } }, JSON.stringify(value));
  t.match(parse(JSON.parse('{"__proto__": {"net": true}}')), { ok: false });
  t.match(parseManifest('{', '/'), { ok: false, error: { reason: 'not_json' } });
});

t.test("Node's arguments", async (t) => {
  const file = '/opt/x/hello.mjs';
  const usual = ['--permission', '--allow-net', '--allow-fs-read=/opt/x', '--allow-fs-read=/run/em*'];
  const last = ['--disable-sigusr1', '--disable-warning=ExperimentalWarning', file];
  t.strictSame(permissionArguments({ manifest: nothing, file, socket: '/run/em' }), [
    ...usual,
    '--no-addons',
    ...last,
  ]);
  const all: ExtensionManifest = {
    read: ['/a'],
    write: ['/b', '*'],
    net: true,
    childProcess: true,
    worker: true,
    addons: true,
  };
  t.strictSame(permissionArguments({ manifest: all, file, socket: undefined }), [
    ...usual.slice(0, 3),
    '--allow-fs-read=/a',
    '--allow-fs-write=/b',
    '--allow-fs-write=*',
    '--allow-child-process',
    '--allow-worker',
    '--allow-addons',
    ...last,
  ]);
  t.equal(
    permissionArguments({ manifest: nothing, file: '/hello.js', socket: undefined })[2],
    '--allow-fs-read=/',
  );
  t.equal(
    describeManifest(nothing, file),
    'reads /opt/x; writes nothing; may not: net, childProcess, worker, addons',
  );
  t.equal(
    describeManifest(all, file),
    'reads /opt/x, /a; writes /b, *; may: net, childProcess, worker, addons',
  );
});
