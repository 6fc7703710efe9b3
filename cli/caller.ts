import { homedir } from 'node:os';
import type { Caller } from '../supervisor/daemon-paths.ts';

/** Who runs this command, as far as default paths depend on it. */
export const thisCaller = (): Caller => ({
  uid: process.geteuid?.() ?? 0,
  home: homedir(),
  stateHome: process.env.XDG_STATE_HOME,
});
