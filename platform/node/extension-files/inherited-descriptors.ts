import { closeSync, readdirSync, readFileSync } from 'node:fs';

const firstAfterStdio = 3;
const O_CLOEXEC = 0o2000000;

/**
 * Closes the descriptors that whoever started this process left open in it, so that no child gets them. Everything
 * that Node and SQLite open closes at an exec (O_CLOEXEC); Node marks inherited ones likewise, but stops at the first
 * gap after 15 (libuv, uv_disable_stdio_inheritance), and has no call to mark one later.
 */
export const closeInheritedDescriptors = (): readonly number[] =>
  readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => descriptor >= firstAfterStdio && survivesExec(descriptor))
    .map((descriptor) => {
      closeSync(descriptor);
      return descriptor;
    });

const survivesExec = (descriptor: number): boolean => {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    // The one that the directory was read with: it is closed again.
    return false;
  }
};
