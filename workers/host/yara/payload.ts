import type { HostFiles, OpenFile } from '../../../protocol/host-files.ts';

/** osquery's `read_max`. YARA sees a file as a whole, and the copy that it scans is as large again. */
export const payloadMax_bytes: number = 50 * 1024 * 1024;
const start_bytes = 64 * 1024;

/** One buffer for the files of a scan, one after another; each is valid until the next is read. */
export class Payload {
  #bytes = new Uint8Array(start_bytes);

  /** A whole file; undefined where it cannot be read, `too_large` where it has more than `payloadMax_bytes`. */
  read(files: HostFiles, path: string): Uint8Array | 'too_large' | undefined {
    const file = files.open(path);
    if (file === undefined) return undefined;
    try {
      return this.#readWhole(file);
    } finally {
      file.close();
    }
  }

  #readWhole(file: OpenFile): Uint8Array | 'too_large' | undefined {
    const { size_bytes } = file.stat();
    if (size_bytes > BigInt(payloadMax_bytes)) return 'too_large';
    // One byte more than the file has, so that its end shows. What is in /proc has a size of 0, and what is written grows.
    for (let room = Math.max(start_bytes, Number(size_bytes) + 1); ; room *= 2) {
      if (room > this.#bytes.length) this.#bytes = new Uint8Array(room);
      const length = file.readAt(this.#bytes, 0);
      if (length === undefined) return undefined;
      if (length > payloadMax_bytes) return 'too_large';
      if (length < this.#bytes.length) return this.#bytes.subarray(0, length);
    }
  }
}
