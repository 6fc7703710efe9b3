import { createHash, randomBytes } from 'node:crypto';
import t from 'tap';
import {
  chromeUnixSeconds,
  contentScripts,
  extensionSettings,
  readChromeManifest,
  scalarsAsTexts,
} from '../../../workers/parsers/chrome-manifest.ts';
import { parseJson } from '../../../workers/parsers/json-fields.ts';
import { chromeExtensionContentScripts } from '../../../workers/tables/chrome_extension_content_scripts.ts';
import { chromeExtensions } from '../../../workers/tables/chrome_extensions.ts';
import { firefoxAddons } from '../../../workers/tables/firefox_addons.ts';
import { vscodeExtensions } from '../../../workers/tables/vscode_extensions.ts';
import { askHost } from './ask-host.ts';
import { scan, tree } from './run-table.ts';

const passwd = 'root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n';
const host = (alice: Record<string, unknown>): Record<string, unknown> => ({
  etc: { passwd },
  home: { alice },
});
const alice = { uid: ['1000'] };

const addons = {
  schemaVersion: 36,
  addons: [
    {
      id: 'uBlock0@raymondhill.net',
      version: '1.57.2',
      type: 'extension',
      defaultLocale: { name: 'uBlock Origin', description: 'Blocks.', creator: 'Raymond Hill' },
      visible: true,
      active: false,
      userDisabled: true,
      appDisabled: false,
      applyBackgroundUpdates: 1,
      sourceURI: 'https://addons.mozilla.org/x.xpi',
      location: 'app-profile',
      path: '/home/alice/x.xpi',
    },
    { id: 'theme', defaultLocale: null },
    7,
  ],
};

t.test('firefox_addons of every kind of profile', async (t) => {
  const profile = (): object => ({ 'extensions.json': JSON.stringify(addons) });
  const root = tree(
    t,
    host({
      '.mozilla': {
        firefox: { 'a.default': profile(), 'profiles.ini': '', 'b.torn': { 'extensions.json': '{' } },
      },
      snap: { firefox: { common: { '.mozilla': { firefox: { 'c.snap': profile() } } } } },
      '.config': { mozilla: { firefox: { 'd.xdg': { 'extensions.json': '[]' } } } },
    }),
  );
  const { rows } = scan(firefoxAddons, { root, equals: alice });
  t.equal(rows.length, 6);
  t.strictSame(rows[0], {
    uid: 1000,
    name: 'uBlock Origin',
    identifier: 'uBlock0@raymondhill.net',
    creator: 'Raymond Hill',
    type: 'extension',
    version: '1.57.2',
    description: 'Blocks.',
    source_url: 'https://addons.mozilla.org/x.xpi',
    visible: 1,
    active: 0,
    disabled: 1,
    autoupdate: 1,
    location: 'app-profile',
    path: '/home/alice/x.xpi',
  });
  t.match(rows[1], { identifier: 'theme', name: '', visible: undefined, active: undefined, disabled: 0 });
  t.equal(rows[1]?.autoupdate, undefined, 'nothing is told of it, which is not that it is off');
  t.strictSame(scan(firefoxAddons, { root }).rows, [], 'the caller has none');
});

const extension = {
  identifier: { id: 'ms-python.python', uuid: 'f1f59ae4-9318-4f3c-a9b5-81b2eaa5f8a5' },
  version: '2024.4.1',
  location: { $mid: 1, path: '/home/alice/.vscode/extensions/ms-python.python-2024.4.1', scheme: 'file' },
  metadata: {
    installedTimestamp: 1_713_456_789_012,
    publisherId: '998b010b',
    publisherDisplayName: 'Microsoft',
    isPreReleaseVersion: true,
  },
};

t.test('vscode_extensions of every edition', async (t) => {
  const editor = (content: string): object => ({ extensions: { 'extensions.json': content } });
  const root = tree(
    t,
    host({
      '.vscode': editor(JSON.stringify([extension, { version: 'without identifier' }, null])),
      '.cursor': editor(JSON.stringify([{ identifier: { id: 'a.b' } }])),
      '.vscode-insiders': editor('not JSON'),
      '.windsurf': editor('{}'),
    }),
  );
  t.strictSame(scan(vscodeExtensions, { root, equals: alice }).rows, [
    {
      name: 'ms-python.python',
      uuid: 'f1f59ae4-9318-4f3c-a9b5-81b2eaa5f8a5',
      version: '2024.4.1',
      path: '/home/alice/.vscode/extensions/ms-python.python-2024.4.1',
      publisher: 'Microsoft',
      publisher_id: '998b010b',
      installed_at: 1_713_456_789_012,
      prerelease: 1,
      uid: 1000,
      vscode_edition: 'vscode',
    },
    {
      name: 'a.b',
      uuid: '',
      version: '',
      path: '',
      publisher: '',
      publisher_id: '',
      installed_at: undefined,
      prerelease: undefined,
      uid: 1000,
      vscode_edition: 'cursor',
    },
  ]);
});

const key = randomBytes(40).toString('base64');
/** Chromium's rule: the first half of the digest of the key, its digits as letters. */
const identifier = [...createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, 32)]
  .map((digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)])
  .join('');

const manifest = JSON.stringify({
  manifest_version: 2,
  name: '__MSG_appName__',
  description: '__MSG_unheard__',
  version: '1.2',
  default_locale: 'en_GB',
  author: 'Ann',
  key,
  update_url: 'https://clients2.google.com/service/update2/crx',
  background: { persistent: true },
  permissions: ['tabs', { fileSystem: ['write'] }, 'https://*/*'],
  content_scripts: [{ js: ['a.js', 'b.js'], matches: ['https://*/*', '<all_urls>'] }, { matches: ['x'] }],
});
const messages = '{"APPNAME": {"message": "Named"}}';
const installed = { 'manifest.json': manifest, _locales: { en_GB: { 'messages.json': messages } } };

const chrome = {
  '.config': {
    'google-chrome': {
      Default: {
        Preferences: JSON.stringify({
          profile: { name: 'Person 1' },
          extensions: {
            settings: {
              [identifier]: {
                path: `${identifier}/1.2_0`,
                from_webstore: true,
                state: 1,
                install_time: '13350000000000000',
              },
              builtin: { path: '/opt/google/chrome/resources/pdf' },
              none: {},
            },
          },
        }),
        Extensions: {
          [identifier]: { '1.2_0': installed },
          left: { '1_0': { 'manifest.json': '{"name": "Left over", "version": "1"}' }, '2_0': {} },
          torn: { '1_0': { 'manifest.json': '{"name":' } },
        },
      },
      'Crash Reports': {},
    },
    opera: { Preferences: '{}', Extensions: {} },
  },
};

t.test('chrome_extensions, referred to and left over', async (t) => {
  const root = tree(t, host(chrome));
  const rows = scan(chromeExtensions, { root, equals: alice }).rows;
  const profile_path = '/home/alice/.config/google-chrome/Default';
  t.match(rows, [
    {
      name: 'Left over',
      referenced: 0,
      identifier: '',
      permissions: '',
      permissions_json: '{}',
      install_timestamp: 0,
    },
    {
      browser_type: 'chrome',
      uid: 1000,
      name: 'Named',
      profile: 'Person 1',
      profile_path,
      referenced_identifier: identifier,
      identifier,
      version: '1.2',
      description: '__MSG_unheard__',
      default_locale: 'en_GB',
      current_locale: '',
      update_url: 'https://clients2.google.com/service/update2/crx',
      author: 'Ann',
      persistent: 1,
      path: `${profile_path}/Extensions/${identifier}/1.2_0`,
      permissions: 'tabs, https://*/*',
      permissions_json: '["tabs",{"fileSystem":["write"]},"https://*/*"]',
      manifest_hash: createHash('sha256').update(manifest).digest('hex'),
      referenced: 1,
      from_webstore: 'true',
      state: '1',
      install_time: '13350000000000000',
      install_timestamp: 1_705_526_400,
      key,
    },
  ]);
  t.equal(rows.length, 2);
  t.strictSame(
    JSON.parse(String(rows[1]?.manifest_json)),
    { ...JSON.parse(manifest), manifest_version: '2', background: { persistent: 'true' } },
    'as osquery shows it',
  );
  const found = askHost(
    "SELECT json_extract(manifest_json, '$.manifest_version') AS v FROM chrome_extensions WHERE uid = 1000 AND v = '2'",
    root,
  );
  t.strictSame(found.rows, [{ v: '2' }]);
});

t.test('the digest of a manifest is that of its bytes, and a key that is none names nothing', async (t) => {
  const content = Buffer.concat([
    Buffer.from('\ufeff{"name": "'),
    Buffer.from([0xff, 0xe4]),
    Buffer.from('", "key": "%"}'),
  ]);
  const profile = { Preferences: '{}', Extensions: { a: { b: { 'manifest.json': content } } } };
  const root = tree(t, host({ '.config': { chromium: { Default: profile } } }));
  t.match(scan(chromeExtensions, { root, equals: alice }).rows, [
    { manifest_hash: createHash('sha256').update(content).digest('hex'), identifier: '', key: '%' },
  ]);
});

t.test('JSON whose values are texts: cut anywhere, deep, full of quotes', async (t) => {
  const json = '{"a \\" 1":[1,-2.5e+10,true,null,"true",{"b\\\\":false}],"":""}';
  const texts = '{"a \\" 1":["1","-2.5e+10","true","null","true",{"b\\\\":"false"}],"":""}';
  t.equal(scalarsAsTexts(json, 1000), texts);
  t.equal(scalarsAsTexts('{}', 10), '{}');
  for (let length = 0; length <= json.length; length += 1)
    t.ok(texts.startsWith(scalarsAsTexts(json, length).slice(0, length - 6)));
  for (const hostile of [
    '['.repeat(1e6),
    '"'.repeat(1e6),
    '\\"'.repeat(1e6),
    `"${'\\\\'.repeat(1e6)}`,
    '-'.repeat(1e6),
    '1'.repeat(1e6),
  ])
    t.ok(scalarsAsTexts(hostile, 1e5).length <= 1e5, hostile.slice(0, 5));
  const nested = `{"name": "deep", "permissions": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`;
  const profile = { Preferences: '{}', Extensions: { a: { b: { 'manifest.json': nested } } } };
  const root = tree(t, host({ '.config': { chromium: { Default: profile } } }));
  const { rows, failure } = askHost(
    'SELECT name FROM chrome_extensions WHERE uid = 1000 AND length(manifest_json || permissions_json) > 90000',
    root,
  );
  t.strictSame([rows, failure], [[{ name: 'deep' }], undefined]);
});

t.test('chrome_extension_content_scripts: each script with each pattern', async (t) => {
  const root = tree(t, host(chrome));
  const { rows } = scan(chromeExtensionContentScripts, { root, equals: alice });
  t.strictSame(
    rows.map(({ identifier: id, version, script, match, referenced }) => [
      id,
      version,
      script,
      match,
      referenced,
    ]),
    ['a.js', 'b.js'].flatMap((script) =>
      ['https://*/*', '<all_urls>'].map((match) => [identifier, '1.2', script, match, 1]),
    ),
  );
});

t.test('a locale that leads elsewhere is not followed', async (t) => {
  const hostile = { 'manifest.json': '{"name": "__MSG_a__", "default_locale": "../../../../../secret"}' };
  const profile = { Preferences: '{}', Extensions: { a: { b: hostile } } };
  const secret = { 'messages.json': '{"a": {"message": "secret"}}' };
  const root = tree(t, host({ '.config': { chromium: { Default: profile, secret } } }));
  const { rows, opened } = scan(chromeExtensions, { root, equals: alice });
  t.match(rows, [{ name: '__MSG_a__' }]);
  t.notOk(opened.some((path) => path.endsWith('messages.json')));
});

t.test('documents that are empty, torn, of another shape, huge', async (t) => {
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '7',
    '"x"',
    '{"__proto__": 1}',
    `[${'['.repeat(2000)}${']'.repeat(2000)}]`,
  ]) {
    const json = parseJson(text);
    t.strictSame(extensionSettings(json), [], text.slice(0, 20));
    t.strictSame(contentScripts(json ?? null), []);
    t.equal(readChromeManifest(json ?? null, json).name, '');
  }
  t.equal(parseJson('\ufeff{}') !== undefined, true, 'with a byte order mark');
  t.equal(parseJson('['.repeat(100_000)), undefined);
  for (const time of ['', 'x', '-1', '0', '1'.repeat(30)]) t.equal(chromeUnixSeconds(time), 0, time);
});

t.test('a text of any length leaves the rows of others', async (t) => {
  const long = '\u0001'.repeat(100_000);
  const strings = Object.fromEntries(
    ['name', 'version', 'description', 'author', 'key', 'update_url'].map((each) => [each, long]),
  );
  const hostile = {
    ...strings,
    permissions: [long],
    optional_permissions: [long],
    content_scripts: [{ js: [long], matches: [long] }],
  };
  const settings = { x: { path: 'a/b', state: long, from_webstore: long, install_time: long } };
  const root = tree(
    t,
    host({
      '.config': {
        chromium: {
          Preferences: JSON.stringify({ profile: { name: long }, extensions: { settings } }),
          Extensions: { a: { b: { 'manifest.json': JSON.stringify(hostile) } } },
        },
      },
      '.mozilla': {
        firefox: {
          p: { 'extensions.json': JSON.stringify({ addons: [{ id: long, type: long, path: long }] }) },
        },
      },
      '.cursor': {
        extensions: {
          'extensions.json': JSON.stringify([{ identifier: { id: long, uuid: long }, version: long }]),
        },
      },
    }),
  );
  const columns = 'SELECT *, manifest_json, permissions_json, optional_permissions_json, "key" FROM';
  for (const sql of [
    `${columns} chrome_extensions`,
    'SELECT * FROM chrome_extension_content_scripts',
    'SELECT * FROM firefox_addons',
    'SELECT * FROM vscode_extensions',
  ]) {
    const { rows, failure } = askHost(`${sql} WHERE uid = 1000`, root);
    t.strictSame([rows.length, failure], [1, undefined], sql);
  }
});
