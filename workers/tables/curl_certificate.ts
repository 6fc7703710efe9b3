import { X509Certificate } from 'node:crypto';
import { defineTable, integer, type RowOf, type Table, text } from '../../protocol/table.ts';
import { certificateRow } from '../host/certificate-row.ts';

/** osquery's patience. */
const usualTimeout_s = 4;
/** A timeout of 0 is none: then the query's own deadline is the end. */
const never_ms = 2 ** 31 - 1;
const httpsPort = 443;

const columns = {
  hostname: text({ required: true, optimized: true }),
  common_name: text(),
  organization: text(),
  organization_unit: text(),
  serial_number: text({ collate: 'NOCASE' }),
  issuer_common_name: text(),
  issuer_organization: text(),
  issuer_organization_unit: text(),
  valid_from: text(),
  valid_to: text(),
  sha256_fingerprint: text({ collate: 'NOCASE' }),
  sha1_fingerprint: text({ collate: 'NOCASE' }),
  version: integer(),
  signature_algorithm: text(),
  signature: text(),
  subject_key_identifier: text({ collate: 'NOCASE' }),
  authority_key_identifier: text({ collate: 'NOCASE' }),
  key_usage: text(),
  extended_key_usage: text(),
  policies: text(),
  subject_alternative_names: text(),
  issuer_alternative_names: text(),
  info_access: text(),
  subject_info_access: text(),
  policy_mappings: text(),
  has_expired: integer(),
  basic_constraint: text(),
  name_constraints: text(),
  policy_constraints: text(),
  dump_certificate: integer({ additional: true, hidden: true }),
  timeout: integer({ additional: true, hidden: true }),
  pem: text(),
} as const;

export const curlCertificate: Table = defineTable({
  name: 'curl_certificate',
  description: 'Certificate that a TLS server shows.',
  needs: 'net',
  columns,
  async *generate(query) {
    const dump_certificate = query.equals('dump_certificate')?.includes('1') === true ? 1 : 0;
    const timeout = secondsOf(query.equals('timeout')?.[0]);
    if (timeout === undefined) return query.warn('curl_certificate takes a timeout of whole seconds');
    for (const hostname of query.equals('hostname') ?? []) {
      const { host, port } = placeOf(hostname);
      const timeout_ms = timeout === 0 ? never_ms : timeout * 1000;
      const shown = await query.network.certificate({ host, port, timeout_ms });
      const row = shown.ok ? certificateRow(shown.value, query.host.wallClockMs()) : undefined;
      if (!shown.ok) query.warn(`curl_certificate: ${shown.error.message}`);
      else if (row === undefined)
        query.warn(`curl_certificate: ${hostname} shows no certificate that can be read`);
      else {
        const pem = dump_certificate === 1 && shown.ok ? new X509Certificate(shown.value).toString() : '';
        const whole: RowOf<typeof columns> = { hostname, ...row, dump_certificate, timeout, pem };
        yield whole;
      }
    }
  },
});

const secondsOf = (value: string | undefined): number | undefined => {
  if (value === undefined) return usualTimeout_s;
  return /^\d{1,6}$/.test(value) ? Number(value) : undefined;
};

/** `host`, `host:port`, `host:`, `[address]:port`; an address of IPv6 may stand alone. */
const placeOf = (hostname: string): { readonly host: string; readonly port: number } => {
  const match = /^\[(.+)\](?::(\d*))?$/.exec(hostname) ?? /^([^:]*):(\d*)$/.exec(hostname);
  const [, host = hostname, port = ''] = match ?? [];
  return { host, port: port === '' ? httpsPort : Number(port) };
};
