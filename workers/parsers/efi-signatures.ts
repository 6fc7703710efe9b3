/** EFI_CERT_X509_GUID, with the first three of its fields little end first. */
const x509Guid = 'a159c0a5e494a74a87b5ab155c2bf072';
const attributes_bytes = 4;
const header_bytes = 28;
const owner_bytes = 16;

/**
 * Certificates in DER of a signature database of the firmware, as efivarfs has it: attributes, then signature lists
 * (UEFI, section 32.4.1). Digests of programs and other kinds are left out; a damaged list ends them.
 */
export function* efiCertificates(variable: Uint8Array): Generator<Uint8Array, undefined> {
  const view = new DataView(variable.buffer, variable.byteOffset, variable.byteLength);
  for (let at = attributes_bytes; at + header_bytes <= variable.length; ) {
    const list_bytes = view.getUint32(at + 16, true);
    const extra_bytes = view.getUint32(at + 20, true);
    const signature_bytes = view.getUint32(at + 24, true);
    const end = at + list_bytes;
    if (list_bytes < header_bytes || end > variable.length) return undefined;
    const kind = Buffer.from(variable.subarray(at, at + 16)).toString('hex');
    if (kind === x509Guid && signature_bytes > owner_bytes) {
      const first = at + header_bytes + extra_bytes;
      for (let from = first; from + signature_bytes <= end; from += signature_bytes)
        yield variable.subarray(from + owner_bytes, from + signature_bytes);
    }
    at = end;
  }
  return undefined;
}
