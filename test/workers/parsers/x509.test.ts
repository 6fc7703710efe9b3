import { X509Certificate } from 'node:crypto';
import t from 'tap';
import { certificateRow } from '../../../workers/host/certificate-row.ts';
import { derOid, derValues } from '../../../workers/parsers/der.ts';
import { makeIdentity } from '../net/peers.ts';

t.test('object identifiers', async (t) => {
  const oid = (...content: number[]) => derOid(derValues(Uint8Array.of(6, content.length, ...content))[0]);
  t.equal(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d), '1.2.840.113549');
  t.equal(oid(0x55, 0x1d, 0x0f), '2.5.29.15');
  t.equal(oid(0x88, 0x37), '2.999');
});

t.test('any cut or damaged byte of a certificate ends quietly', async (t) => {
  const { cert } = makeIdentity(t, '/CN=x', [
    'subjectAltName=DNS:x',
    'policyConstraints=requireExplicitPolicy:3',
  ]);
  const der = new X509Certificate(cert).raw;
  t.match(certificateRow(der, 0), { common_name: 'x', subject_alternative_names: 'DNS:x' });
  t.equal(certificateRow(der, 2 ** 42)?.has_expired, 1);
  for (let length = 0; length < der.length; length += 1)
    if (certificateRow(der.subarray(0, length), 0) !== undefined) t.fail(`${length} bytes are a certificate`);
  for (let at = 0; at < der.length; at += 1) {
    for (const value of [0x00, 0x7f, 0x80, 0xff]) {
      const damaged = Uint8Array.from(der);
      damaged[at] = value;
      t.doesNotThrow(() => certificateRow(damaged, 0));
    }
  }
});
