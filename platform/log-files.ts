/** Identity and size of a file. Device and inode as text: they are 64-bit numbers. */
export interface LogFile {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly size_bytes: number;
}

/** The few things that a file sink does with files. Methods throw what the system call threw. */
export interface LogFiles {
  /** Undefined when there is nothing at that path. */
  look(path: string): LogFile | undefined;
  /** A file of the directory of `path` with that identity: where somebody's logrotate moved it. */
  findMoved(path: string, device: string, inode: string): LogFile | undefined;
  /** Up to `length` bytes from an offset. */
  read(path: string, offset_bytes: number, length: number): Buffer;
  /**
   * Appends, creating the file with `mode`, and brings it to the disk; returns the bytes that reached it and why the rest
   * did not. When the disk cannot say that it has them, none has reached it.
   */
  append(
    path: string,
    bytes: Buffer,
    mode: number,
  ): { readonly written: number; readonly problem: string | undefined };
  /** Brings all that a file holds to the disk (fdatasync(2)): whoever wrote it may have died before that. */
  sync(path: string): void;
}
