import type { DaemonStatus } from '../../protocol/control.ts';
import { disabledNotice } from '../../supervisor/config/watchdog-flags.ts';
import type { Finding } from './finding.ts';

/** What a running daemon says of its leash. */
export const judgeDaemon = (
  status: Pick<DaemonStatus, 'pid' | 'watchdog_enabled' | 'config_valid'>,
): readonly Finding[] => [
  status.watchdog_enabled
    ? { check: 'watchdog', level: 'ok', found: `on, in the daemon with pid ${status.pid}` }
    : {
        check: 'watchdog',
        level: 'warn',
        found: `the daemon with pid ${status.pid} says: ${disabledNotice}`,
        remedy: 'start leashd without --disable_watchdog; limits of a query can be set wide by themselves',
      },
  ...(status.config_valid
    ? []
    : [
        {
          check: 'reload',
          level: 'warn',
          found: "the config's files were refused when they were read again; an older config is in force",
          remedy: 'leash check --config_path shows what is wrong; then leash reload',
        } as const,
      ]),
];
