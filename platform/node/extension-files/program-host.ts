import { accessSync, closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import type { PathFacts } from '../../../protocol/path-facts.ts';
import { programHead_bytes } from '../../../protocol/program-facts.ts';
import type { ListedEntry, ProgramHost } from '../../program-host.ts';
import { walkPath } from '../walk-path.ts';
import { startProgram } from './start-program.ts';

const { O_NOCTTY, O_NONBLOCK, O_RDONLY, X_OK } = constants;

/** Programs of this host. */
export const nodeProgramHost: ProgramHost = {
  node: process.execPath,
  list: (path) => entriesOf(path),
  open: (path) => {
    const { trail, descriptor: place } = walkPath(path);
    const file = trail.end.reached && trail.end.facts.kind === 'file' ? trail.end.facts : undefined;
    // Through the descriptor that was looked at: what stands at the path by now does not matter.
    const descriptor = file === undefined || place === undefined ? undefined : reopen(place);
    const mayExecute = file !== undefined && place !== undefined && isExecutable(place);
    if (place !== undefined) closeSync(place);
    return {
      facts: {
        trail,
        head: descriptor === undefined ? undefined : headOf(descriptor),
        same: descriptor === undefined || file === undefined || isSame(descriptor, file),
        mayExecute,
      },
      text: (max_bytes) => (descriptor === undefined ? undefined : textOf(descriptor, max_bytes)),
      start: (options) => startProgram(path, descriptor, options),
      close: () => {
        if (descriptor !== undefined) closeSync(descriptor);
      },
    };
  },
};

const entriesOf = (path: string): readonly ListedEntry[] | undefined => {
  try {
    return readdirSync(path, { withFileTypes: true })
      .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  } catch {
    return undefined;
  }
};

const reopen = (place: number): number | undefined => {
  try {
    return openSync(`/proc/self/fd/${place}`, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    // The facts then say that it cannot be read.
    return undefined;
  }
};

const isExecutable = (place: number): boolean => {
  try {
    accessSync(`/proc/self/fd/${place}`, X_OK);
    return true;
  } catch {
    return false;
  }
};

const headOf = (descriptor: number): Uint8Array | undefined => {
  const bytes = new Uint8Array(programHead_bytes);
  try {
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } catch {
    return undefined;
  }
};

const textOf = (descriptor: number, max_bytes: number): string | undefined => {
  const bytes = new Uint8Array(max_bytes + 1);
  let length = 0;
  try {
    for (;;) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, length);
      length += read;
      if (length > max_bytes) return undefined;
      if (read === 0) return new TextDecoder().decode(bytes.subarray(0, length));
    }
  } catch {
    // The facts say that it cannot be read.
    return undefined;
  }
};

const isSame = (descriptor: number, judged: PathFacts): boolean => {
  const stat = fstatSync(descriptor, { bigint: true });
  return (
    stat.isFile() &&
    `${stat.dev}` === judged.device &&
    `${stat.ino}` === judged.inode &&
    Number(stat.mode & 0o7777n) === judged.mode &&
    Number(stat.uid) === judged.uid &&
    Number(stat.gid) === judged.gid
  );
};
