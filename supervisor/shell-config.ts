import type { TableValue } from '../protocol/table.ts';
import { Flags } from './config/flags.ts';
import { emptyConfig } from './config/load.ts';
import type { ConfigReader } from './config/sources.ts';
import { configure } from './configuration.ts';
import { fileConfig } from './extensions/await-plugins.ts';
import { firmwareUuid } from './host-identity.ts';
import { osqueryInfo } from './osquery-info.ts';
import type { SupervisorOptions } from './supervisor.ts';
import { askedBy } from './supervisor-options.ts';

/** What a supervisor without a daemon goes by: its flags, and what a config brings that can be looked at. */
export interface ShellConfig {
  readonly flags: Flags;
  readonly options: Pick<
    SupervisorOptions,
    'asked' | 'splayPercent' | 'configTables' | 'prometheusTargets' | 'yaraSignatures' | 'info'
  >;
  /** Why there is no config though one was named, or lies where the daemon's does: every error, each a line. */
  readonly refusal?: readonly string[];
}

/**
 * Reads the config of a shell. Its tables, views, packs, options, targets and groups of YARA rules are there, its
 * schedule is shown and not run. As in osqueryi a shell goes on without a config that cannot be used. That nobody named
 * one, and the usual file is not there or not for this user's eyes, is no word worth: such a shell has none.
 */
export const shellConfig = (flags: Flags, reader: ConfigReader): ShellConfig => {
  const isNamed = flags.origin('config_path') !== 'default';
  const isThere = isNamed || 'text' in reader.readText(flags.text('config_path'));
  if (!isThere || flags.text('config_plugin') !== fileConfig) return { flags, options: withoutConfig() };
  const configured = configure(flags, reader);
  if (!configured.ok) return { flags, options: withoutConfig(), refusal: errorsIn(configured.error.message) };
  const { config, flags: all } = configured.value;
  return {
    flags: all,
    options: {
      asked: askedBy(config, all),
      splayPercent: all.int('schedule_splay_percent'),
      configTables: () => config.tables,
      prometheusTargets: () => config.prometheusTargets,
      yaraSignatures: () => config.yaraSignatures,
      info: infoOf(config.hash, true),
    },
  };
};

/** A report ends with a line of counts; warnings are for `--config_check`. */
const errorsIn = (report: string): readonly string[] => {
  const errors = report.split('\n').filter((line) => line.startsWith('error: '));
  return errors.length > 0 ? errors.map((line) => line.slice('error: '.length)) : [report];
};

/** The same for who has none. */
const withoutConfig = (): ShellConfig['options'] => ({
  asked: askedBy(emptyConfig, new Flags()),
  splayPercent: 0,
  info: infoOf('', false),
});

/** osqueryi draws an instance, and a host without a UUID one, at every start; a shell keeps neither, so it has none. */
const infoOf = (configHash: string, configValid: boolean): (() => Readonly<Record<string, TableValue>>) =>
  osqueryInfo(() => ({ configHash, configValid, instanceId: '', uuid: firmwareUuid() ?? '' }));
