import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { certificateSummary } from '../host/certificate-summary.ts';
import { efiCertificates } from '../parsers/efi-signatures.ts';

const variables = '/sys/firmware/efi/efivars';

export const securebootCertificates: Table = defineTable({
  name: 'secureboot_certificates',
  description: 'Certificates whose programs the firmware starts (db), and those that are revoked (dbx).',
  columns: {
    common_name: text(),
    subject: text(),
    issuer: text(),
    not_valid_before: text(),
    not_valid_after: text(),
    sha1: text({ collate: 'NOCASE' }),
    serial: text({ collate: 'NOCASE' }),
    revoked: integer(),
    path: text(),
    is_ca: integer(),
    self_signed: integer(),
    key_usage: text(),
    authority_key_id: text({ collate: 'NOCASE' }),
    subject_key_id: text({ collate: 'NOCASE' }),
    signing_algorithm: text(),
    key_algorithm: text(),
    key_strength: text(),
  },
  *generate(query) {
    const names = (query.files.list(variables) ?? []).filter((name) => /^dbx?-/.test(name));
    for (const name of names.toSorted()) {
      const path = `${variables}/${name}`;
      for (const der of efiCertificates(query.files.readBytes(path) ?? new Uint8Array())) {
        const summary = certificateSummary(der);
        if (summary === undefined) continue;
        const { selfSigned, isAuthority, keyStrength, subject2: _, issuer2: __, ...shown } = summary;
        yield {
          ...shown,
          path,
          revoked: name.startsWith('dbx-') ? 1 : 0,
          is_ca: query.uses('is_ca') ? isAuthority() : undefined,
          self_signed: query.uses('self_signed') ? selfSigned() : undefined,
          key_strength: query.uses('key_strength') ? keyStrength() : undefined,
        };
      }
    }
  },
});
