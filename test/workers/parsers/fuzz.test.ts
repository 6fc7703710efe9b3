import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { certificateSummary } from '../../../workers/host/certificate-summary.ts';
import { privateKeyFacts } from '../../../workers/host/private-key.ts';
import { parseDeb822Sources, parseSourcesList } from '../../../workers/parsers/apt-sources.ts';
import {
  contentScripts,
  extensionSettings,
  readChromeManifest,
} from '../../../workers/parsers/chrome-manifest.ts';
import { firstProcessor } from '../../../workers/parsers/cpuinfo.ts';
import { deb822Paragraphs } from '../../../workers/parsers/deb822.ts';
import { efiCertificates } from '../../../workers/parsers/efi-signatures.ts';
import { parseHardwareIds } from '../../../workers/parsers/hardware-ids.ts';
import { parseIni } from '../../../workers/parsers/ini.ts';
import { likelyFirst, parseJetbrainsPlugin } from '../../../workers/parsers/jetbrains-plugin.ts';
import type { Json } from '../../../workers/parsers/json-fields.ts';
import { parseMdstat } from '../../../workers/parsers/mdstat.ts';
import { parseOpensshKey } from '../../../workers/parsers/openssh-key.ts';
import { readPartitions } from '../../../workers/parsers/partition-table.ts';
import { parsePemCertificates } from '../../../workers/parsers/pem.ts';
import { parsePortageAtom, portageLines } from '../../../workers/parsers/portage.ts';
import { parsePythonMetadata } from '../../../workers/parsers/python-metadata.ts';
import { parseResolvConf } from '../../../workers/parsers/resolv-conf.ts';
import { parseSysctlConf } from '../../../workers/parsers/sysctl-conf.ts';
import { parseUevent } from '../../../workers/parsers/uevent.ts';
import { zipData, zipDirectory, zipEntries } from '../../../workers/parsers/zip.ts';

/** Text made of the words that a format has, and of anything else. */
const textOf = (...words: readonly string[]): fc.Arbitrary<string> => {
  const blanks = [' ', '\t', '\n', '\r\n', '\n\n', '\0', '\ufffd', '='.repeat(30), ' '.repeat(200)];
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...words, ...blanks) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
    { weight: 1, arbitrary: fc.integer().map(String) },
  );
  return fc.array(part, { maxLength: 60 }).map((parts) => parts.join(''));
};

/** Each reads anything to its end; what it gives is of its type, which the compiler has seen. */
const texts: readonly (readonly [
  name: string,
  words: fc.Arbitrary<string>,
  read: (text: string) => unknown,
])[] = [
  [
    'resolv.conf',
    textOf('nameserver ', 'search ', 'domain ', 'sortlist ', '1.2.3.4', '/', 'options ', 'edns0'),
    (text) => parseResolvConf(text, text),
  ],
  ['sources.list', textOf('deb ', '[', ']', 'http://', 'a/', '#', './', 'cdrom:'), parseSourcesList],
  [
    'deb822',
    textOf('Types: ', 'deb', 'URIs: ', 'http://a', 'Suites: ', ' x', '#', ':'),
    (text) => [parseDeb822Sources(text), ...deb822Paragraphs(text)],
  ],
  ['sysctl.d', textOf('net.', 'a/b', '=', '-', '#', ';'), parseSysctlConf],
  [
    'PEM',
    textOf('-----BEGIN CERTIFICATE-----\n', '-----END CERTIFICATE-----', 'MIIB', 'AAAA', 'TRUSTED '),
    (text) => [...parsePemCertificates(text)].map(certificateSummary),
  ],
  [
    'pci.ids',
    textOf('8086  ', 'Intel', '\t1237  ', '\t\t1af4 1100  ', 'C 06  ', '#'),
    (text) => parseHardwareIds(text, new Set(['8086'])).vendor('8086'),
  ],
  ['uevent', textOf('PCI_ID', '=', '8086:1237'), parseUevent],
  ['METADATA', textOf('Name: ', 'Version:', 'License', ':', ' more'), parsePythonMetadata],
  [
    'plugin.xml',
    textOf('<name', '>', '</name>', '<!--', '-->', '<![CDATA[', ']]>', '&amp;', '<vendor a="b">', '/'),
    parseJetbrainsPlugin,
  ],
  [
    'private key',
    textOf(
      '-----BEGIN ',
      'OPENSSH ',
      'RSA ',
      'EC ',
      'PRIVATE KEY-----\n',
      'b3BlbnNzaC1rZXktdjEA',
      'AAAABG5vbmU',
      'AAAA',
      '////',
      'ENCRYPTED',
    ),
    (text) => [privateKeyFacts(text), parseOpensshKey(text)],
  ],
  ['INI', textOf('[', ']', 'main', 'a=', ': ', '#', ' more'), parseIni],
  [
    'portage',
    textOf('>=', 'dev-lang/php', '-8.1', '-r1', '~amd64', '#'),
    (text) => portageLines(text).map(({ atom }) => parsePortageAtom(atom)),
  ],
  [
    'mdstat',
    textOf(
      'md0 : ',
      'active ',
      'raid1 ',
      'sda[0]',
      '(F)',
      ' 12 blocks ',
      '[2/1]',
      ' bitmap: ',
      'recovery = ',
      'finish=',
      'speed=',
      'unused devices:',
    ),
    parseMdstat,
  ],
  ['cpuinfo', textOf('processor', ':', 'flags', 'vendor_id'), firstProcessor],
  ['jar names', textOf('resources', '-', '1.jar', 'm2'), (text) => likelyFirst(text.split(' '), text)],
];

for (const [name, words, read] of texts) {
  t.test(`${name}: any text is read to its end`, async (t) => {
    fc.assert(
      fc.property(words, (text) => {
        read(text);
      }),
      { numRuns: 1500 },
    );
    t.pass(name);
  });
}

/** Bytes with some numbers of a format's headers among them. */
const bytesOf = (...parts: readonly Buffer[]): fc.Arbitrary<Buffer> =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...parts),
        fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      ),
      {
        maxLength: 30,
      },
    )
    .map((pieces) => Buffer.concat(pieces));

const number = (size: number, value: number): Buffer => {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntLE(value, 0, size);
  return bytes;
};

const binaries: readonly (readonly [
  name: string,
  bytes: fc.Arbitrary<Buffer>,
  read: (bytes: Buffer) => unknown,
])[] = [
  [
    'zip',
    bytesOf(
      number(4, 0x0605_4b50),
      number(4, 0x0201_4b50),
      number(4, 0x0403_4b50),
      Buffer.alloc(30),
      deflateRawSync('x'),
    ),
    (bytes) => [zipDirectory(bytes), ...zipEntries(bytes).map((entry) => zipData(entry, bytes))],
  ],
  [
    'EFI signatures',
    bytesOf(
      Buffer.from('a159c0a5e494a74a87b5ab155c2bf072', 'hex'),
      number(4, 76),
      number(4, 48),
      Buffer.alloc(4),
    ),
    (bytes) => [...efiCertificates(bytes)].map(certificateSummary),
  ],
  [
    'partitions',
    bytesOf(
      Buffer.alloc(446),
      number(2, 0xaa55),
      number(1, 5),
      number(1, 0xee),
      Buffer.from('EFI PART'),
      Buffer.alloc(16),
    ),
    (bytes) => {
      const disk = Buffer.concat([
        bytes.subarray(0, 510),
        Buffer.alloc(Math.max(0, 510 - bytes.length)),
        number(2, 0xaa55),
        bytes,
      ]);
      return readPartitions((offset, length) => disk.subarray(offset, offset + length));
    },
  ],
  [
    'certificate',
    bytesOf(Buffer.of(0x30, 0x82), Buffer.of(0x02, 1, 1), Buffer.of(0xa0), Buffer.of(6, 3, 0x55, 4, 3)),
    certificateSummary,
  ],
];

for (const [name, bytes, read] of binaries) {
  t.test(`${name}: any bytes are read to their end`, async (t) => {
    fc.assert(
      fc.property(bytes, (content) => {
        read(content);
      }),
      { numRuns: 1500 },
    );
    t.pass(name);
  });
}

t.test('any JSON is a manifest or preferences of some kind', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue(), (value, messages) => {
      readChromeManifest(value as Json, messages as Json);
      contentScripts(value as Json);
      extensionSettings({ extensions: { settings: value as Json } });
    }),
    { numRuns: 1500 },
  );
  t.pass('JSON');
});
