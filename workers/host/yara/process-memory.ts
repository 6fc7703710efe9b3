import type { HostFiles, OpenFile } from '../../../protocol/host-files.ts';
import { entry_bytes, presentPages } from '../../parsers/pagemap.ts';
import { type MemoryMapping, parseProcMaps } from '../../parsers/proc-maps.ts';

/** Memory of a process, its pieces one after another. */
export interface ProcessMemory {
  readonly bytes: Uint8Array;
  /** Where in the process a place of `bytes` was. */
  readonly addressOf: (offset_bytes: number) => number;
}

/** Pages of one mapping behind one another, and where their copy begins. */
interface Piece {
  readonly address: number;
  readonly size_bytes: number;
  readonly offset_bytes: number;
}

/** Zeros between pieces that are no neighbours, so that no string is found across. */
const gap_bytes = 64;
/** Entries of pagemap read at once: those of 32 MiB. */
const entriesMax_bytes = 64 * 1024;

/**
 * The memory of a process that can be read and is there: what is swapped out, or was mapped and never touched, stays where
 * it is, since reading it would make the process larger. Undefined where the kernel does not let this process read it, and
 * for a kernel thread, which has none; `too_large` where it is more than `most_bytes`. The process goes on meanwhile, so
 * that its pieces are of different moments.
 */
export const readProcessMemory = (
  files: HostFiles,
  pid: number,
  page_bytes: number,
  most_bytes: number,
): ProcessMemory | 'too_large' | undefined => {
  const mappings = parseProcMaps(files.readText(`/proc/${pid}/maps`) ?? '').filter(isMemory);
  const pagemap = files.openMemory(pid, 'pagemap');
  const pieces = pagemap && closing(pagemap, () => piecesOf(pagemap, mappings, page_bytes, most_bytes));
  if (pieces === undefined || pieces === 'too_large') return pieces;
  const last = pieces.at(-1);
  const memory = last && files.openMemory(pid, 'mem');
  if (last === undefined || memory === undefined) return undefined;
  const bytes = new Uint8Array(last.offset_bytes + last.size_bytes);
  closing(memory, () => {
    // What was given back meanwhile cannot be read, and stays zeros.
    for (const { address, size_bytes, offset_bytes } of pieces)
      memory.readAt(bytes.subarray(offset_bytes, offset_bytes + size_bytes), address);
  });
  return { bytes, addressOf: (offset_bytes) => addressIn(pieces, offset_bytes) };
};

/** What the kernel lends every process is no memory of its own, and reading that of a device may change something. */
const isMemory = ({ permissions, path }: MemoryMapping): boolean =>
  permissions.startsWith('r') && !/^\[v(?:var|syscall)|^\/dev\/(?!shm\/|zero)/.test(path);

const closing = <T>(file: OpenFile, use: () => T): T => {
  try {
    return use();
  } finally {
    file.close();
  }
};

const piecesOf = (
  pagemap: OpenFile,
  mappings: readonly MemoryMapping[],
  page_bytes: number,
  most_bytes: number,
): readonly Piece[] | 'too_large' => {
  const entries = new Uint8Array(entriesMax_bytes);
  const pieces: Piece[] = [];
  let [total_bytes, end] = [0, -1];
  for (const mapping of mappings) {
    const last = Number(BigInt(`0x${mapping.end}`)) / page_bytes;
    for (let page = Number(BigInt(`0x${mapping.start}`)) / page_bytes; page < last; ) {
      const wanted = entries.subarray(0, Math.min(entries.length, (last - page) * entry_bytes));
      const length = pagemap.readAt(wanted, page * entry_bytes) ?? 0;
      for (const { first, pages } of presentPages(wanted.subarray(0, length))) {
        const address = (page + first) * page_bytes;
        if (address !== end && pieces.length > 0) total_bytes += gap_bytes;
        const size_bytes = pages * page_bytes;
        pieces.push({ address, size_bytes, offset_bytes: total_bytes });
        total_bytes += size_bytes;
        end = address + size_bytes;
        if (total_bytes > most_bytes) return 'too_large';
      }
      page += wanted.length / entry_bytes;
    }
  }
  return pieces;
};

const addressIn = (pieces: readonly Piece[], offset_bytes: number): number => {
  const piece = pieces.findLast((each) => each.offset_bytes <= offset_bytes);
  return piece === undefined ? offset_bytes : piece.address + offset_bytes - piece.offset_bytes;
};
