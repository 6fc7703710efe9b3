/** A disk of an array. */
export interface MdDrive {
  readonly name: string;
  /** Number that the array gave it. */
  readonly number: number;
}

/** Something that goes on in an array: how far it is, when it ends, how fast it is, in the kernel's words. */
export interface MdAction {
  readonly progress: string;
  readonly finish: string;
  readonly speed: string;
}

export type MdActionName = 'recovery' | 'resync' | 'reshape' | 'check';

/** One array of /proc/mdstat. */
export interface MdArray {
  readonly name: string;
  readonly status: string;
  /** `raid1` and its like; '' for an array that is not running. */
  readonly level: string;
  readonly drives: readonly MdDrive[];
  readonly size_kib: number | undefined;
  /** How many disks it has places for, and how many work; undefined where that has no meaning (raid0). */
  readonly places: number | undefined;
  readonly working: number | undefined;
  /** What else the line with the size says. */
  readonly other: string;
  readonly actions: Readonly<Partial<Record<MdActionName, MdAction>>>;
  readonly bitmap:
    | { readonly onMemory: string; readonly chunkSize: string; readonly externalFile: string }
    | undefined;
}

/** /proc/mdstat as a whole (md(4)). */
export interface MdStat {
  readonly arrays: readonly MdArray[];
  readonly unused: string;
}

/** Reads /proc/mdstat: an array a paragraph. Lines that are not understood are passed over. */
export const parseMdstat = (content: string): MdStat => {
  const arrays: MdArray[] = [];
  let unused = '';
  for (const line of content.split('\n')) {
    const [, name, rest] = /^(md\S*) : (.*)$/s.exec(line) ?? [];
    if (line.startsWith('unused devices:')) unused = line.slice('unused devices:'.length).trim();
    else if (name !== undefined && rest !== undefined) arrays.push(arrayOf(name, rest.trim().split(/\s+/)));
    else if (/^\s/.test(line)) {
      const last = arrays.pop();
      if (last !== undefined) arrays.push({ ...last, ...detailsOf(line.trim(), last) });
    }
  }
  return { arrays, unused };
};

const arrayOf = (name: string, [status = '', ...words]: readonly string[]): MdArray => {
  const drives = words.flatMap((word) => {
    const [, drive, number] = /^(.+)\[(\d+)\]/.exec(word) ?? [];
    return drive === undefined ? [] : [{ name: drive, number: Number(number) }];
  });
  // `(auto-read-only)` and its like stand before the level.
  const level = words.find((word) => !word.startsWith('(') && !word.includes('[')) ?? '';
  const unknown = { size_kib: undefined, places: undefined, working: undefined, bitmap: undefined };
  return { name, status, level, drives, ...unknown, other: '', actions: {} };
};

const detailsOf = (line: string, array: MdArray): Partial<MdArray> => {
  const [, size, rest] = /^(\d+) blocks(.*)$/s.exec(line) ?? [];
  if (size !== undefined && rest !== undefined) {
    const [, places, working] = /\[(\d+)\/(\d+)\]/.exec(rest) ?? [];
    return {
      size_kib: Number(size),
      places: places === undefined ? undefined : Number(places),
      working: working === undefined ? undefined : Number(working),
      other: rest.replace(/\[\d+\/\d+\].*$/s, '').trim(),
    };
  }
  if (line.startsWith('bitmap:')) {
    const [onMemory = '', chunkSize = '', file = ''] = line
      .slice('bitmap:'.length)
      .split(',')
      .map((part) => part.trim());
    return { bitmap: { onMemory, chunkSize, externalFile: file.replace(/^file:\s*/, '') } };
  }
  const [, action, progress] = /\b(recovery|resync|reshape|check) *= *(.+)$/s.exec(line) ?? [];
  if (action === undefined || progress === undefined) return {};
  return { actions: { ...array.actions, [action]: actionOf(progress) } };
};

/** `6.0% (8239232/136448) finish=1.2min speed=1000K/sec`, or a word such as `DELAYED`. */
const actionOf = (text: string): MdAction => {
  const finishAt = text.indexOf('finish=');
  return {
    progress: (finishAt === -1 ? text : text.slice(0, finishAt)).trim(),
    finish: /finish=(\S+)/.exec(text)?.[1] ?? '',
    speed: /speed=(\S+)/.exec(text)?.[1] ?? '',
  };
};
