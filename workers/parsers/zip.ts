/** Where a part of a zip file is. */
export interface ZipSpan {
  readonly offset_bytes: number;
  readonly length_bytes: number;
}

/** One file in a zip file, as its directory tells of it. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored as it is, 8: deflated. */
  readonly method: number;
  readonly packed_bytes: number;
  readonly size_bytes: number;
  /** Where its own header is, of which the data follows. */
  readonly header_offset_bytes: number;
}

const signatures = { end: 0x0605_4b50, entry: 0x0201_4b50, local: 0x0403_4b50 } as const;
const endRecord_bytes = 22;
const entry_bytes = 46;
/** The fixed part of a file's own header. */
export const zipHeader_bytes = 30;
/** How far from the end the end record can begin: a comment may follow it. */
export const zipTail_bytes: number = endRecord_bytes + 0xffff;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Where the directory of a zip file is (APPNOTE.TXT, 4.3.16), by the last bytes of the file; undefined for no zip file. */
export const zipDirectory = (tail: Uint8Array): ZipSpan | undefined => {
  const view = viewOf(tail);
  for (let at = tail.length - endRecord_bytes; at >= 0; at -= 1) {
    if (view.getUint32(at, true) === signatures.end)
      return { offset_bytes: view.getUint32(at + 16, true), length_bytes: view.getUint32(at + 12, true) };
  }
  return undefined;
};

/** Entries of a directory (4.3.12); a damaged one ends the list. */
export const zipEntries = (directory: Uint8Array): ZipEntry[] => {
  const view = viewOf(directory);
  const entries: ZipEntry[] = [];
  for (let at = 0; at + entry_bytes <= directory.length; ) {
    if (view.getUint32(at, true) !== signatures.entry) break;
    const name_bytes = view.getUint16(at + 28, true);
    const end = at + entry_bytes + name_bytes;
    entries.push({
      name: Buffer.from(directory.subarray(at + entry_bytes, end)).toString(),
      method: view.getUint16(at + 10, true),
      packed_bytes: view.getUint32(at + 20, true),
      size_bytes: view.getUint32(at + 24, true),
      header_offset_bytes: view.getUint32(at + 42, true),
    });
    at = end + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
};

/** Where the data of an entry is, by the header before it (4.3.7); undefined when there is none. */
export const zipData = (entry: ZipEntry, header: Uint8Array): ZipSpan | undefined => {
  const view = viewOf(header);
  if (header.length < zipHeader_bytes || view.getUint32(0, true) !== signatures.local) return undefined;
  const names_bytes = view.getUint16(26, true) + view.getUint16(28, true);
  const offset_bytes = entry.header_offset_bytes + zipHeader_bytes + names_bytes;
  return { offset_bytes, length_bytes: entry.packed_bytes };
};
