import type { Result } from '../protocol/result.ts';
import type { UserIds } from './program-host.ts';
import type { SocketFailure } from './unix-socket.ts';

/** Directories of our own in which managed extensions have their sockets. */
export interface ExtensionPlaces {
  /**
   * Makes the directory, ours alone (0700), or takes back the one of an earlier life, also from the user that it was
   * handed to; what an extension left in it is removed.
   */
  take(directory: string): Result<void, SocketFailure>;
  /** Gives the directory and the socket in it to another user; nothing happens while that user is ours. */
  handOver(directory: string, socket: string, to: UserIds | undefined): Result<void, SocketFailure>;
  /** Removes the sockets `<socket>.<number>` of an extension that is gone, whoever made them. */
  clear(socket: string): void;
}
