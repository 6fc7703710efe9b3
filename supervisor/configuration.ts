import { globConfigFiles, readConfigFile } from '../platform/node/config-files.ts';
import { hostCores } from '../platform/node/host-cores.ts';
import { hostName } from '../platform/node/host-name.ts';
import { fail, ok, type Result } from '../protocol/result.ts';
import { checkReport } from './config/check.ts';
import type { Flags } from './config/flags.ts';
import { type LoadedConfig, loadConfig } from './config/load.ts';
import { applyOptions } from './config/options.ts';
import type { ConfigReader } from './config/sources.ts';
import { type WatchdogSettings, watchdogSettings } from './config/watchdog-flags.ts';
import { fileConfig } from './extensions/await-plugins.ts';
import { levelLimits, overlaid } from './limits/effective.ts';
import { whyUnsafe } from './own-files.ts';
import type { ConfigRefused, Configured } from './reload/reloader.ts';
import { osqueryVersion } from './version.ts';

/** The config files of this host, as a daemon of this user reads them. */
export const hostConfigReader = (flags: Flags, uid: number): ConfigReader => ({
  readText: (path) =>
    readConfigFile(path, (trail) =>
      flags.bool('allow_unsafe') ? undefined : whyUnsafe(trail, uid, 'trusted_file'),
    ),
  glob: globConfigFiles,
});

/** What osquery's watchdog flags come to on this host. */
export const hostWatchdog = (flags: Flags): WatchdogSettings => watchdogSettings(flags, hostCores());

/** Loads the config that the flags name; `leash check` shows the same. */
export const loadConfigOf = (flags: Flags, reader: ConfigReader): LoadedConfig => {
  const watchdog = hostWatchdog(flags);
  return loadConfig({
    path: flags.text('config_path'),
    ...reader,
    host: { hostname: hostName(), osqueryVersion },
    packDelimiter: flags.text('pack_delimiter'),
    defaultInterval_s: flags.int('schedule_default_interval'),
    limits: overlaid(levelLimits(watchdog.budget), 'flag', watchdog.limits),
  });
};

/** What a person knows the config by: its main file, or the plugin that it comes from. */
const configName = (flags: Flags): string =>
  flags.text('config_plugin') === fileConfig
    ? flags.text('config_path')
    : `config plugin '${flags.text('config_plugin')}'`;

/** Loads the config and sets the flags of its options. `flags`: those of the command line and flagfiles. */
export const configure = (flags: Flags, reader: ConfigReader): Result<Configured, ConfigRefused> => {
  const loaded = loadConfigOf(flags, reader);
  const report = checkReport(configName(flags), loaded);
  if (loaded.config === undefined) return refused(report.lines.join('\n'));
  const warnings = report.lines.slice(0, -1);
  const applied = applyOptions(flags, loaded.config.options);
  if (!applied.ok) return refused(applied.error.message);
  if (applied.value === flags) return ok({ config: loaded.config, flags, warnings });
  // Flags of `options` can change budgets and names; the schedule is built with them, as after osquery's next load.
  const again = loadConfigOf(applied.value, reader);
  return again.config === undefined
    ? refused('the config changed while it was read')
    : ok({ config: again.config, flags: applied.value, warnings });
};

const refused = (message: string): { readonly ok: false; readonly error: ConfigRefused } =>
  fail({ reason: 'bad_config', message });
