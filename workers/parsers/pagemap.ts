/** Pages behind one another, by their place among those that were asked for. */
export interface PresentPages {
  readonly first: number;
  readonly pages: number;
}

export const entry_bytes = 8;
/** Bit 63 of an entry, in its last byte. */
const present = 0x80;

/**
 * The pages that are in memory, by entries of /proc/<pid>/pagemap (proc_pid_pagemap(5)) in the byte order of every
 * machine that Leash runs on. One that is swapped out, or was never touched, is not.
 */
export const presentPages = (entries: Uint8Array): PresentPages[] => {
  const runs: PresentPages[] = [];
  let pages = 0;
  for (let at = entry_bytes - 1, page = 0; ; at += entry_bytes, page += 1) {
    const isPresent = at < entries.length && ((entries[at] ?? 0) & present) !== 0;
    if (isPresent) pages += 1;
    else if (pages > 0) {
      runs.push({ first: page - pages, pages });
      pages = 0;
    }
    if (at >= entries.length) return runs;
  }
};
