import { derValues } from './der.ts';

const block =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----\s([A-Za-z0-9+/=\s]*)-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/**
 * Certificates of a PEM bundle (RFC 7468) in DER. Text between them, keys, and a block that is damaged are left out;
 * what a trusted certificate of OpenSSL has after the certificate itself, too.
 */
export function* parsePemCertificates(content: string): Generator<Uint8Array, undefined> {
  for (const [, base64 = ''] of content.matchAll(block)) {
    const [certificate] = derValues(Buffer.from(base64, 'base64'));
    if (certificate !== undefined) yield certificate.whole;
  }
  return undefined;
}
