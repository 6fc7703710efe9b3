import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { certificateSummary } from '../host/certificate-summary.ts';
import { parsePemCertificates } from '../parsers/pem.ts';

/** Bundles of the Red Hat family, of the Debian family, and of SUSE. */
const bundles = [
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/certs/ca-certificates.crt',
  '/var/lib/ca-certificates/ca-bundle.pem',
];

/**
 * A damaged certificate leaves the others of its file; osquery gives none of them then. Times are those of the certificate:
 * osquery takes them for local time, which shows where the host's is not UTC.
 */
export const certificates: Table = defineTable({
  name: 'certificates',
  description: 'Certificates that this host trusts, or those of the PEM files asked for by path.',
  cacheable: true,
  columns: {
    common_name: text(),
    subject: text(),
    subject2: text(),
    issuer: text(),
    issuer2: text(),
    ca: integer(),
    self_signed: integer(),
    not_valid_before: text(),
    not_valid_after: text(),
    signing_algorithm: text(),
    key_algorithm: text(),
    key_strength: text(),
    key_usage: text(),
    subject_key_id: text({ collate: 'NOCASE' }),
    authority_key_id: text({ collate: 'NOCASE' }),
    sha1: text({ collate: 'NOCASE' }),
    path: text({ additional: true, optimized: true }),
    serial: text({ collate: 'NOCASE' }),
    sid: text({ hidden: true }),
    store_location: text({ hidden: true }),
    store: text({ hidden: true }),
    username: text({ hidden: true }),
    store_id: text({ hidden: true }),
  },
  *generate(query) {
    for (const path of query.equals('path') ?? bundles) {
      for (const der of parsePemCertificates(query.files.readText(path, 'latin1') ?? '')) {
        const summary = certificateSummary(der);
        if (summary === undefined) continue;
        const { selfSigned, isAuthority, keyStrength, ...shown } = summary;
        yield {
          ...shown,
          path,
          ca: query.uses('ca') ? isAuthority() : undefined,
          self_signed: query.uses('self_signed') ? selfSigned() : undefined,
          key_strength: query.uses('key_strength') ? keyStrength() : undefined,
        };
      }
    }
  },
});
