import type { Failure } from '../protocol/result.ts';

export type SocketFailure = Failure<
  'path_too_long' | 'no_listener' | 'permission_denied' | 'unsafe_permissions' | 'in_use' | 'io'
>;

/** A stream to a peer on this machine. */
export interface UnixConnection {
  /** False when the kernel's buffer is full: wait for `drained`. */
  write(bytes: Uint8Array): boolean;
  /** Sends what is pending, then hangs up. */
  end(): void;
  /** Hangs up at once; what is pending is lost. */
  destroy(): void;
  /** Receives nothing more until `resume`: the peer waits when the kernel's buffers are full. */
  pause(): void;
  resume(): void;
}

/** What happens on a connection. `closed` is the last call, whoever hung up. */
export interface UnixConnectionListener {
  received(bytes: Buffer): void;
  drained(): void;
  closed(): void;
}

/**
 * Who may enter the directory of a socket. `private`: its owner alone. `guarded`: others may enter it, but only its
 * owner, who is this user or root, may put files into it; the socket's own mode keeps them out. `given`: somebody else
 * answers for it, an extension's manager; it is taken as it is.
 */
export type SocketDirectory = 'private' | 'guarded' | 'given';

/** A listening socket. */
export interface UnixServer {
  /** Hangs up on every client and removes the socket. */
  close(): Promise<void>;
}
