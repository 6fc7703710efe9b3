import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import t from 'tap';
import type { Cell } from '../../../protocol/cell.ts';
import { type WorkerAnswer, WorkerProcess } from '../worker-process.ts';
import { httpPeer, httpsPeer, makeIdentity, withoutOpenssl } from './peers.ts';

const extensions = [
  'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1,email:a@b.example,URI:https://x.example/',
  'keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign',
  'extendedKeyUsage=serverAuth,clientAuth',
  'basicConstraints=critical,CA:TRUE,pathlen:3',
  'certificatePolicies=1.2.3.4,2.23.140.1.2.1',
  'authorityInfoAccess=OCSP;URI:http://ocsp.example/,caIssuers;URI:http://ca.example/',
  'nameConstraints=permitted;DNS:.example,excluded;IP:10.0.0.0/255.0.0.0',
  'policyConstraints=requireExplicitPolicy:3,inhibitPolicyMapping:1',
  'policyMappings=1.2.3:1.2.4',
];

/** What openssl prints of an extension, as the table shows it. */
const printed = (certPath: string, name: string): string =>
  execFileSync('openssl', ['x509', '-in', certPath, '-noout', '-ext', name], { encoding: 'utf8' })
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.slice(4).trimEnd())
    .join(';');

const rowsOf = ({ columns, cells }: WorkerAnswer): Record<string, Cell | undefined>[] =>
  cells.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])));

t.test('a certificate is shown as openssl shows it', { skip: withoutOpenssl }, async (t) => {
  const identity = makeIdentity(t, '/C=DE/O=Örg/OU=Unit/CN=localhost', extensions);
  const peer = await httpsPeer(t, identity, (_, response) => response.end());
  const worker = await WorkerProcess.ready('net');
  t.teardown(() => void worker.child.kill('SIGKILL'));
  const answer = await worker.query(
    `SELECT *, timeout, dump_certificate FROM curl_certificate WHERE hostname = '127.0.0.1:${peer.port}' AND dump_certificate = 1`,
  );
  t.equal(answer.failure, undefined);
  const [row = {}] = rowsOf(answer);
  const known = new X509Certificate(identity.cert);
  t.match(row, {
    hostname: `127.0.0.1:${peer.port}`,
    common_name: 'localhost',
    organization: 'Örg',
    organization_unit: 'Unit',
    issuer_common_name: 'localhost',
    serial_number: known.serialNumber,
    valid_from: known.validFrom,
    valid_to: known.validTo,
    version: 3,
    signature_algorithm: 'ecdsa-with-SHA256',
    sha256_fingerprint: createHash('sha256').update(known.raw).digest('hex'),
    sha1_fingerprint: createHash('sha1').update(known.raw).digest('hex'),
    has_expired: 0,
    timeout: 4,
    dump_certificate: 1,
    pem: identity.cert,
  });
  const columnsByName = {
    subject_key_identifier: 'subjectKeyIdentifier',
    authority_key_identifier: 'authorityKeyIdentifier',
    key_usage: 'keyUsage',
    extended_key_usage: 'extendedKeyUsage',
    policies: 'certificatePolicies',
    subject_alternative_names: 'subjectAltName',
    info_access: 'authorityInfoAccess',
    basic_constraint: 'basicConstraints',
    name_constraints: 'nameConstraints',
    policy_constraints: 'policyConstraints',
    policy_mappings: 'policyMappings',
  };
  for (const [column, name] of Object.entries(columnsByName)) {
    t.ok(row[column], column);
    t.equal(row[column], printed(identity.certPath, name), column);
  }
});

t.test('who speaks no TLS, hangs, or is not there gives no row, and a warning', async (t) => {
  const plain = await httpPeer(t, (_, response) => response.end());
  const worker = await WorkerProcess.ready('net');
  t.teardown(() => void worker.child.kill('SIGKILL'));
  const ask = (hostname: string, more = '') =>
    worker.query(`SELECT hostname FROM curl_certificate WHERE hostname = '${hostname}' ${more}`);
  t.match(await ask('127.0.0.1:1'), { cells: [], warnings: [/ECONNREFUSED/], failure: undefined });
  t.match(await ask('127.0.0.1:99999'), { cells: [], warnings: [/99999/], failure: undefined });
  const spoke = await ask(`127.0.0.1:${plain.port}`);
  t.match(spoke, { cells: [], failure: undefined });
  t.equal(spoke.warnings.length, 1);
  t.match(await ask('127.0.0.1', "AND timeout = '-1'"), { cells: [], warnings: [/whole seconds/] });
  t.match((await worker.query('SELECT * FROM curl_certificate')).failure, { reason: 'missing_required' });
});
