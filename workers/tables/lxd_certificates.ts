import { defineTable, type Table, text } from '../../protocol/table.ts';
import { openLxd } from '../host/lxd.ts';
import { textOf } from '../parsers/json-fields.ts';

export const lxdCertificates: Table = defineTable({
  name: 'lxd_certificates',
  description: 'Certificates that LXD trusts.',
  needs: 'net',
  columns: {
    name: text(),
    type: text(),
    fingerprint: text({ collate: 'NOCASE' }),
    certificate: text(),
  },
  async *generate(query) {
    const lxd = openLxd(query);
    for (const path of await lxd.list('/1.0/certificates')) {
      const certificate = await lxd.get(path);
      if (certificate === undefined) continue;
      yield {
        name: textOf(certificate, 'name'),
        type: textOf(certificate, 'type'),
        fingerprint: textOf(certificate, 'fingerprint'),
        certificate: textOf(certificate, 'certificate'),
      };
    }
  },
});
