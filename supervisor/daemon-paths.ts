import { join, resolve } from 'node:path';
import type { Flags } from './config/flags.ts';

/** Where a daemon keeps what. */
export interface DaemonPaths {
  readonly state: string;
  readonly logs: string;
  readonly control: string;
  /** Above the sockets of the extensions that the daemon starts. */
  readonly extensions: string;
  /** The socket for extensions of others. */
  readonly sharedSocket: string;
}

/** Facts about the caller that the defaults depend on. */
export interface Caller {
  readonly uid: number;
  readonly home: string;
  /** `$XDG_STATE_HOME`, if it is set. */
  readonly stateHome: string | undefined;
}

/** The paths that the flags name, else those of a system service (root) or of a user. Never below /tmp. */
export const daemonPaths = (flags: Flags, caller: Caller): DaemonPaths => {
  const usual =
    caller.uid === 0
      ? '/var/lib/leash'
      : join(caller.stateHome ?? join(caller.home, '.local/state'), 'leash');
  const state = flags.text('database_path') || usual;
  const logs = flags.text('logger_path') || (caller.uid === 0 ? '/var/log/leash' : join(state, 'log'));
  const isOsquerys = flags.origin('extensions_socket') !== 'default' || caller.uid === 0;
  return {
    state,
    logs,
    control: flags.text('control_socket') || join(state, 'control.sock'),
    extensions: resolve(flags.text('extensions_directory') || join(state, 'ext')),
    sharedSocket: isOsquerys ? flags.text('extensions_socket') : join(state, 'extensions.em'),
  };
};
