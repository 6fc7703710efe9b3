import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { algorithmNames, certificateSummary } from '../../../workers/host/certificate-summary.ts';
import { derValues } from '../../../workers/parsers/der.ts';
import { parsePemCertificates } from '../../../workers/parsers/pem.ts';
import { certificates } from '../../../workers/tables/certificates.ts';
import { makeIdentity, withoutOpenssl } from '../net/peers.ts';
import { askHost, scratch } from './ask-host.ts';
import { scan, tree } from './run-table.ts';

const openssl = (pem: string, ...args: string[]): string =>
  execFileSync('openssl', ['x509', '-noout', ...args], { input: pem, encoding: 'utf8' }).trim();

/** What openssl(1) prints of a certificate, in the table's columns. */
const told = (pem: string): Record<string, string> => {
  const shown = (nameopt: string, ...args: string[]): string[] =>
    openssl(pem, '-nameopt', nameopt, ...args)
      .split('\n')
      .map((line) => line.replace(/^[^=]*= ?/, ''));
  const [subject2 = '', issuer2 = '', serial = '', sha1 = ''] = shown(
    'oneline',
    ...['-subject', '-issuer', '-serial', '-fingerprint', '-sha1'],
  );
  const [subject = '', issuer = ''] = shown('compat', '-subject', '-issuer');
  const whole = openssl(pem, '-text');
  return {
    subject,
    issuer,
    subject2,
    issuer2,
    serial: serial === '00' ? '0' : serial,
    sha1: sha1.replaceAll(':', '').toLowerCase(),
    signing_algorithm: /Signature Algorithm: (\S+)/.exec(whole)?.[1] ?? '',
    key_algorithm: /Public Key Algorithm: (\S+)/.exec(whole)?.[1] ?? '',
    not_valid_after: String(
      Date.parse(/notAfter=(.*)/.exec(openssl(pem, '-enddate', '-startdate'))?.[1] ?? '') / 1000,
    ),
  };
};

const pemOf = (path: string): string[] =>
  readFileSync(path, 'latin1').match(/-----BEGIN CERT[\s\S]*?-----END CERTIFICATE-----/g) ?? [];

t.test('names of every kind, as openssl writes them', { skip: withoutOpenssl }, async (t) => {
  const names = [
    '/C=DE/O=Müller, Söhne & Co/CN=plain',
    '/O=a+b;c<d>e/CN=#first',
    '/CN= blank /OU=back\\\\slash "quoted"/emailAddress=a@example.org',
    '/DC=org/DC=example/UID=u1+CN=two parts/serialNumber=7/2.5.4.97=VATDE-1',
  ];
  for (const name of names) {
    const { certPath } = makeIdentity(t, name, ['keyUsage=critical,keyCertSign,decipherOnly,keyAgreement']);
    const [row] = scan(certificates, { root: '/', equals: { path: [certPath] } }).rows;
    t.match(row, told(readFileSync(certPath, 'latin1')), name);
    t.match(row, { key_usage: 'Key Cert Sign, Key Agreement, Decipher Only', path: certPath });
  }
});

t.test('algorithms have the names that openssl gives them', { skip: withoutOpenssl }, async (t) => {
  for (const [oid, name] of Object.entries(algorithmNames)) {
    const shown = execFileSync('openssl', ['asn1parse', '-genstr', `OID:${oid}`], { encoding: 'utf8' });
    t.equal(/OBJECT *:(.*)/.exec(shown)?.[1], name, oid);
  }
});

t.test('authorities, keys and what signs itself', { skip: withoutOpenssl }, async (t) => {
  const directory = scratch(t);
  const at = (name: string): string => join(directory, name);
  const make = (name: string, ...args: string[]): void => {
    const output = ['-nodes', '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)];
    execFileSync('openssl', ['req', '-x509', '-subj', `/CN=${name}`, ...args, ...output], { stdio: 'pipe' });
  };
  make('rsa', '-newkey', 'rsa:2048');
  make('curve', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1');
  make('edwards', '-newkey', 'ed25519');
  make('leaf', '-newkey', 'rsa:2048', '-CA', at('rsa.pem'), '-CAkey', at('rsa.key'));
  make('server', '-newkey', 'rsa:2048', '-addext', 'keyUsage=digitalSignature');
  writeFileSync(
    at('none.cnf'),
    '[req]\ndistinguished_name=dn\n[dn]\n[sign]\nkeyUsage=keyCertSign\n[not]\nkeyUsage=keyAgreement\n',
  );
  const bare = ['-config', at('none.cnf'), '-newkey', 'rsa:2048'];
  make('first', ...bare);
  make('signer', ...bare, '-extensions', 'sign');
  make('other', ...bare, '-extensions', 'not');
  const names = ['rsa', 'curve', 'edwards', 'leaf', 'server', 'first', 'signer', 'other'];
  writeFileSync(
    at('all.pem'),
    `first\n${names.map((name) => readFileSync(at(`${name}.pem`), 'latin1')).join('noise\r\n')}`,
  );
  const sql = `SELECT common_name, ca, self_signed, key_strength, key_algorithm, authority_key_id = subject_key_id own
    FROM certificates WHERE path = '${at('all.pem')}'`;
  const { rows } = askHost(sql);
  t.strictSame(rows.map(Object.values), [
    ['rsa', 1, 1, '2048', 'rsaEncryption', 1],
    ['curve', 1, 1, 'secp384r1', 'id-ecPublicKey', 1],
    ['edwards', 1, 1, '', 'ED25519', 1],
    ['leaf', 1, 0, '2048', 'rsaEncryption', 0],
    ['server', 0, 0, '2048', 'rsaEncryption', 1],
    ['first', 1, 1, '2048', 'rsaEncryption', 1],
    ['signer', 1, 1, '2048', 'rsaEncryption', 0],
    ['other', 0, 0, '2048', 'rsaEncryption', 0],
  ]);
});

const bundle = '/etc/ssl/certs/ca-certificates.crt';
const noBundle = withoutOpenssl || (!existsSync(bundle) && 'needs ca-certificates');
t.test('the bundle of this host agrees with openssl', { skip: noBundle }, async (t) => {
  const { rows } = scan(certificates, { root: '/', equals: { path: [bundle] } });
  const blocks = pemOf(bundle);
  t.equal(rows.length, blocks.length);
  for (const [index, pem] of blocks.entries()) if (index % 12 === 0) t.match(rows[index], told(pem));
});

t.test('bundles that are missing, empty, cut, of CRLF, of something else', async (t) => {
  t.strictSame(scan(certificates).rows, []);
  const none = ['', 'x', '-----BEGIN CERTIFICATE-----', '-----BEGIN CERTIFICATE-----\nMIIB\n'];
  const damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  for (const content of [...none, damaged, `${damaged.repeat(1000)}\xff\0`, 'A'.repeat(1e6)]) {
    const root = tree(t, { etc: { ssl: { certs: { 'ca-certificates.crt': content } } } });
    t.strictSame(scan(certificates, { root }).rows, [], content.slice(0, 40));
  }
  const huge = `${'-----BEGIN CERTIFICATE-----\n'.repeat(50_000)}`;
  t.equal([...parsePemCertificates(huge)].length, 0);
});

t.test('no authority hides behind a form that only OpenSSL takes', { skip: withoutOpenssl }, async (t) => {
  const { cert } = makeIdentity(t, '/CN=hidden', ['basicConstraints=critical,CA:TRUE']);
  const der = new X509Certificate(cert).raw;
  const content = der.subarray(4);
  const [body = content] = derValues(content).map(({ whole }) => whole);
  const [high, low] = [content.length >> 8, content.length & 0xff];
  const loose = (value: Uint8Array): Buffer =>
    Buffer.concat([Buffer.of(0x30, 0x80), value.subarray(4), Buffer.of(0, 0)]);
  const times = [...der.toString('latin1').matchAll(/\d{12}Z/g)].map(({ index }) => index);
  const untimely = Buffer.from(der);
  for (const at of times) untimely.write('x', at + 11, 'latin1');
  const forms = {
    'a long length': Buffer.concat([Buffer.of(0x30, 0x86, 0, 0, 0, 0, high, low), content]),
    'an end mark': loose(der),
    'end marks within each other': Buffer.concat([
      Buffer.of(0x30, 0x80),
      loose(body),
      content.subarray(body.length),
      Buffer.of(0, 0),
    ]),
    'bytes behind it': Buffer.concat([der, Buffer.from('more')]),
    'times that are none': untimely,
  };
  for (const [name, bytes] of Object.entries(forms)) {
    const pem = `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
    const root = tree(t, { x: { [`${name}.pem`]: pem } });
    const { rows } = scan(certificates, { root, equals: { path: [`/x/${name}.pem`] } });
    const sha1 = new X509Certificate(bytes).fingerprint.replaceAll(':', '').toLowerCase();
    t.match(rows, [{ common_name: 'hidden', ca: 1, sha1 }], name);
  }
  t.equal(times.length, 2);
  for (let length = 0; length < der.length; length += 1)
    t.doesNotThrow(() => certificateSummary(loose(der.subarray(0, length))));
});

t.test('a damaged byte never throws', { skip: withoutOpenssl }, async (t) => {
  const { cert } = makeIdentity(t, '/CN=x/O=y', ['keyUsage=keyCertSign']);
  const [der = new Uint8Array()] = parsePemCertificates(cert.replaceAll('\n', '\r\n'));
  t.match(certificateSummary(der), { common_name: 'x' });
  for (let at = 0; at < der.length; at += 1) {
    for (const value of [0x00, 0x7f, 0xff]) {
      const damaged = Uint8Array.from(der);
      damaged[at] = value;
      const summary = certificateSummary(damaged);
      t.doesNotThrow(() => [summary?.isAuthority(), summary?.selfSigned(), summary?.keyStrength()]);
    }
  }
});
