import { chmodSync, chownSync, lchownSync, lstatSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../../protocol/result.ts';
import type { ExtensionPlaces } from '../../extension-places.ts';
import type { SocketFailure } from '../../unix-socket.ts';

const ownerOnly = 0o700;
/** The users of extensions have to get through to what is theirs. */
const passage = 0o711;

/** Places on this host. The directory above each of them is one that nobody else may write. */
export const nodeExtensionPlaces: ExtensionPlaces = {
  take: (directory) =>
    attempt(directory, () => {
      mkdirSync(dirname(directory), { recursive: true, mode: passage });
      mkdirSync(directory, { recursive: true, mode: ownerOnly });
      const stat = lstatSync(directory);
      if (!stat.isDirectory()) throw new Error('it is no directory');
      const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
      // Closed first: whoever had it can put nothing into it from here on.
      if (stat.uid !== uid) chownSync(directory, uid, gid);
      chmodSync(directory, ownerOnly);
      for (const entry of readdirSync(directory, { withFileTypes: true })) {
        // Directories of an extension are its own affair: they are in nobody's way.
        if (!entry.isDirectory()) unlinkSync(join(directory, entry.name));
      }
    }),
  handOver: (directory, socket, to) =>
    attempt(directory, () => {
      if (to === undefined || to.uid === process.geteuid?.()) return;
      lchownSync(socket, to.uid, to.gid);
      chownSync(directory, to.uid, to.gid);
    }),
  clear: (socket) => {
    for (const name of routesOf(socket)) {
      try {
        unlinkSync(join(dirname(socket), name));
      } catch {
        // Gone meanwhile, or a directory: no socket of that name will be called.
      }
    }
  },
};

const routesOf = (socket: string): readonly string[] => {
  const stem = `${basename(socket)}.`;
  try {
    return readdirSync(dirname(socket)).filter(
      (name) => name.startsWith(stem) && /^\d+$/.test(name.slice(stem.length)),
    );
  } catch {
    // The directory is gone, and with it what was in it.
    return [];
  }
};

const attempt = (directory: string, work: () => void): Result<void, SocketFailure> => {
  try {
    return ok(work());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail({ reason: 'io', message: `${directory} cannot be used for an extension's socket: ${why}.` });
  }
};
