/** A key or keyring of the kernel, its fields as the kernel writes them. */
export interface KernelKey {
  /** Hexadecimal. */
  readonly serial: string;
  readonly flags: string;
  readonly usage: number;
  /** `perm`, `expd`, or the time left such as `3d`. */
  readonly timeout: string;
  /** Hexadecimal mask. */
  readonly permissions: string;
  readonly uid: number;
  /** -1 for a key that belongs to no group. */
  readonly gid: number;
  readonly type: string;
  readonly description: string;
}

const key = /^([0-9a-f]+) +(\S+) +(\d+) +(\S+) +([0-9a-f]+) +(-?\d+) +(-?\d+) +(\S+) +(\S.*)$/s;

/** Reads /proc/keys (proc_keys(5)), a key a line. A line of another form is left out. */
export const parseProcKeys = (content: string): KernelKey[] =>
  content.split('\n').flatMap((line) => {
    const [
      ,
      serial,
      flags = '',
      usage,
      timeout = '',
      permissions = '',
      uid,
      gid,
      type = '',
      description = '',
    ] = key.exec(line.trim()) ?? [];
    if (serial === undefined) return [];
    const numbers = { usage: Number(usage), uid: Number(uid), gid: Number(gid) };
    return [{ serial, flags, timeout, permissions, type, description, ...numbers }];
  });
