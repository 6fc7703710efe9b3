import { homedir } from 'node:os';
import { join } from 'node:path';
import { Flags } from '../supervisor/config/flags.ts';
import { type Caller, daemonPaths } from '../supervisor/daemon-paths.ts';

/** Who runs this command, as far as default paths depend on it. */
export const thisCaller = (): Caller => ({
  uid: process.geteuid?.() ?? 0,
  home: homedir(),
  stateHome: process.env.XDG_STATE_HOME,
});

/** The private directory of a caller, where `leash start` keeps its data: `$XDG_STATE_HOME/leash`. */
export const privateState = ({ stateHome, home }: Caller): string =>
  join(stateHome === undefined || stateHome === '' ? join(home, '.local/state') : stateHome, 'leash');

/** Control sockets where a daemon of the caller may listen: the one of leashd, then the one of `leash start`. */
export const usualControls = (caller: Caller): readonly string[] => [
  ...new Set([daemonPaths(new Flags(), caller).control, join(privateState(caller), 'control.sock')]),
];
