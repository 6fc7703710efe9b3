import { fail, type Result } from '../../protocol/result.ts';

/** The bytes of a package's header as a database of RPM keeps them, or what is wrong with them and where in the file. */
export type RpmBlob = Result<Uint8Array, string>;

/** A header of a package with 100,000 files has about 16 MiB. */
export const blobMax_bytes: number = 64 * 2 ** 20;

/** A view of bytes that are no buffer of their own. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The sentence about a blob that no package has. */
export const tooLarge = (place: string, length_bytes: number): RpmBlob =>
  fail(`${place}: a header of ${length_bytes} bytes is larger than the ${blobMax_bytes} that are read`);
