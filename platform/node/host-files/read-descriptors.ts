import { readlinkSync } from 'node:fs';
import type { Descriptor } from '../../../protocol/host-files.ts';

/**
 * What the descriptors of a process lead to: `directory` is its `fd` below /proc, `names` what stands there. Node has no
 * readlinkat(2), so the directory becomes the working one for the time of the call; otherwise the kernel walks to it anew
 * for each link, which takes a fifth of the time. `attempt` makes a call that may fail and gives undefined then; `count` is
 * called before each. Throws what `process.chdir` and `count` throw.
 */
export const readDescriptors = (
  directory: string,
  names: readonly string[],
  count: () => void,
  attempt: (link: () => string) => string | undefined,
): Descriptor[] => {
  const descriptors: Descriptor[] = [];
  const before = workingDirectory();
  process.chdir(directory);
  try {
    for (const name of names) {
      count();
      const target = attempt(() => readlinkSync(name));
      if (target !== undefined) descriptors.push({ fd: Number(name), target });
    }
  } finally {
    process.chdir(before);
  }
  return descriptors;
};

/** The root stands in for one that was deleted. */
const workingDirectory = (): string => {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
};
