/** One record of utmp or wtmp. */
export interface LoginRecord {
  /** `ut_type`, as a number. */
  readonly type: number;
  readonly pid: number;
  readonly line: string;
  readonly user: string;
  readonly host: string;
  readonly time_unix_s: number;
}

/**
 * Where the C library puts the parts that differ between architectures (utmp(5)). x86-64 keeps the 32-bit layout;
 * arm64 has 64-bit session and time members.
 */
interface Layout {
  readonly record_bytes: number;
  time(view: DataView, at: number): number;
}

const x86: Layout = { record_bytes: 384, time: (view, at) => view.getUint32(at + 340, true) };
const arm: Layout = { record_bytes: 400, time: (view, at) => Number(view.getBigInt64(at + 344, true)) };

const lastType = 9;
const offsets = { pid: 4, line: 8, user: 44, host: 76 } as const;

/**
 * Reads a utmp or wtmp file of either layout (little endian). A record that is cut off at the end is left out:
 * a writer may be at work.
 */
export const parseUtmp = (bytes: Uint8Array): LoginRecord[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const layout = fits(view, x86) || !fits(view, arm) ? x86 : arm;
  const records: LoginRecord[] = [];
  for (let at = 0; at + layout.record_bytes <= bytes.length; at += layout.record_bytes) {
    records.push({
      type: view.getInt16(at, true),
      pid: view.getInt32(at + offsets.pid, true),
      line: fixedText(bytes, at + offsets.line, 32),
      user: fixedText(bytes, at + offsets.user, 32),
      host: fixedText(bytes, at + offsets.host, 256),
      time_unix_s: layout.time(view, at),
    });
  }
  return records;
};

/** Whether the file is whole records of this layout, each with a type that exists and clean padding after it. */
const fits = (view: DataView, layout: Layout): boolean => {
  if (view.byteLength % layout.record_bytes !== 0) return false;
  for (let at = 0; at < view.byteLength; at += layout.record_bytes) {
    const type = view.getInt16(at, true);
    if (type < 0 || type > lastType || view.getInt16(at + 2, true) !== 0) return false;
  }
  return true;
};

/** Text up to the first NUL: a value that fills its field has none. */
const fixedText = (bytes: Uint8Array, at: number, length: number): string => {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end));
};
