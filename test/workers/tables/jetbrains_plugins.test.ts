import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { createHostFiles } from '../../../platform/node/host-files/door.ts';
import { readZipped } from '../../../workers/host/zip-file.ts';
import { likelyFirst, parseJetbrainsPlugin } from '../../../workers/parsers/jetbrains-plugin.ts';
import { zipDirectory, zipEntries } from '../../../workers/parsers/zip.ts';
import { jetbrainsPlugins } from '../../../workers/tables/jetbrains_plugins.ts';
import { scratch } from './ask-host.ts';
import { scan } from './run-table.ts';

/** A zip file (APPNOTE.TXT) of these files, deflated, with a comment behind it. */
const zip = (files: Readonly<Record<string, string>>, size_bytes?: number): Buffer => {
  const parts: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x0403_4b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(3, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x0201_4b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(size_bytes ?? content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    entries.push(entry, Buffer.from(name));
    const whole = Buffer.concat([local, Buffer.from(name), Buffer.from('xtr'), data]);
    parts.push(whole);
    at += whole.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(7, 20);
  return Buffer.concat([...parts, directory, end, Buffer.from('comment')]);
};

const write = (root: string, files: Readonly<Record<string, Buffer | string>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
};

const xml = (name: string): string =>
  `<?xml version="1.0"?>\n<idea-plugin url="x">\n<!-- <name>not this</name> --><id>a</id><name>${name}</name>` +
  '<vendor email="a@b" url="c">Jet &amp; Brains</vendor><version>1.2.3</version><idea-version since-build="1"/>';

const home = (t: Test, files: Readonly<Record<string, Buffer | string>>): string => {
  const root = scratch(t);
  const share = 'home/al/.local/share/JetBrains';
  const below = Object.entries(files).map(([path, content]) => [`${share}/${path}`, content]);
  write(root, { 'etc/passwd': 'al:x:1000:1000::/home/al:/bin/sh\n', ...Object.fromEntries(below) });
  return root;
};

t.test('plugins with and without libraries, of several products', async (t) => {
  const jar = (name: string): Buffer =>
    zip({ 'a.class': 'x'.repeat(1000), 'META-INF/plugin.xml': xml(name) });
  const root = home(t, {
    'IntelliJIdea2024.1/single.jar': jar('Single'),
    'IntelliJIdea2024.1/kotlin/lib/kotlin-core.jar': jar('Kotlin'),
    'IntelliJIdea2024.1/kotlin/lib/gson-2.8.jar': jar('never opened'),
    'IntelliJIdea2024.1/empty/lib/a.jar': zip({ other: 'x' }),
    'PyCharmCE2023.3/plugins/old.jar': jar('<![CDATA[Old]]>'),
    'Unheard2024.1/x.jar': jar('x'),
    'constructor/x.jar': jar('x'),
    'PyCharm2023.3/broken.jar': 'PK',
  });
  const { rows, opened } = scan(jetbrainsPlugins, { root, equals: { uid: ['1000'] } });
  const share = '/home/al/.local/share/JetBrains';
  const same = { uid: 1000, version: '1.2.3', vendor: 'Jet & Brains' };
  t.strictSame(rows, [
    { product_type: 'intellij_idea', name: 'Kotlin', path: `${share}/IntelliJIdea2024.1/kotlin`, ...same },
    {
      product_type: 'intellij_idea',
      name: 'Single',
      path: `${share}/IntelliJIdea2024.1/single.jar`,
      ...same,
    },
    {
      product_type: 'pycharm_community_edition',
      name: 'Old',
      path: `${share}/PyCharmCE2023.3/plugins/old.jar`,
      ...same,
    },
  ]);
  t.notOk(opened.some((path) => path.includes('gson')));
  t.strictSame(scan(jetbrainsPlugins).rows, []);
});

t.test('a plugin.xml that unpacks to more than it says, or is said to be huge', async (t) => {
  const bomb = { 'META-INF/plugin.xml': 'a'.repeat(20 * 2 ** 20) };
  const root = home(t, { 'GoLand2024.1/a.jar': zip(bomb, 10), 'GoLand2024.1/b.jar': zip(bomb) });
  t.strictSame(scan(jetbrainsPlugins, { root, equals: { uid: ['1000'] } }).rows, []);
});

t.test('every cut and damaged byte of a zip file ends quietly', async (t) => {
  const root = scratch(t);
  const files = createHostFiles({ root, readMax_bytes: 1e6, budget: { read_bytes: 2 ** 40, paths: 1e9 } });
  const whole = zip({ a: 'hello' });
  const unzip = (content: Uint8Array): Uint8Array | undefined => {
    writeFileSync(join(root, 'z'), content);
    return readZipped(files, '/z', 'a', 1000);
  };
  t.equal(Buffer.from(unzip(whole) ?? []).toString(), 'hello');
  for (let length = 0; length < whole.length; length += 1)
    t.doesNotThrow(() => unzip(whole.subarray(0, length)));
  for (let at = 0; at < whole.length; at += 1) {
    for (const value of [0, 1, 0x7f, 0xff]) {
      const damaged = Buffer.from(whole);
      damaged[at] = value;
      t.doesNotThrow(() => unzip(damaged));
    }
  }
  t.equal(zipDirectory(new Uint8Array(70_000)), undefined);
  t.strictSame(zipEntries(Buffer.alloc(1e6, 0x50)), []);
});

t.test('plugin.xml that is empty, torn, huge', async (t) => {
  const none = { name: '', version: '', vendor: '' };
  for (const content of [
    '',
    '<name',
    '<name>',
    '<name/>x</name>',
    '<!-- <name>x</name>',
    '<!--'.repeat(500_000),
  ])
    t.strictSame(parseJetbrainsPlugin(content), none, content.slice(0, 20));
  t.equal(parseJetbrainsPlugin('<name\r\n a="b">\r\n X \r\n</name>').name, 'X');
  t.strictSame(parseJetbrainsPlugin('<name '.repeat(500_000)), none);
});

t.test('the jar that has the plugin.xml comes first', async (t) => {
  const jars = ['resources_en.jar', 'gson-2.8.jar', 'util.jar', 'my-plugin.jar', 'a-m2.jar'];
  t.strictSame(likelyFirst(jars, 'My-Plugin'), [
    'my-plugin.jar',
    'util.jar',
    'a-m2.jar',
    'gson-2.8.jar',
    'resources_en.jar',
  ]);
  const alike = ['database-plugin.jar', 'java-8-rules.jar', 'a-idea.jar', 'spring-boot-rules.jar', 'b-2.jar'];
  t.strictSame(
    likelyFirst(alike, 'other'),
    ['java-8-rules.jar', 'spring-boot-rules.jar', 'database-plugin.jar', 'a-idea.jar', 'b-2.jar'],
    'a number that does not end the name is no version',
  );
});

const make = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)
z.writestr('META-INF/plugin.xml', '<name>Made by another</name>')
z.close()
`;
t.test(
  'a zip file that another program made',
  { skip: spawnSync('python3', ['-V']).status !== 0 && 'needs python3' },
  async (t) => {
    const root = home(t, { 'Rider2024.1/x': '' });
    const path = join(root, 'home/al/.local/share/JetBrains/Rider2024.1/made.jar');
    t.equal(spawnSync('python3', ['-c', make, path]).status, 0);
    t.match(scan(jetbrainsPlugins, { root, equals: { uid: ['1000'] } }).rows, [{ name: 'Made by another' }]);
  },
);
