import type { Clock } from '../../platform/clock.ts';
import type { RegistryName } from '../../protocol/extension/types.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import type { Flags } from '../config/flags.ts';
import { loggersOf, pluginLoggers } from '../ledger/loggers.ts';
import { extensionTime_ms } from './extension-times.ts';
import type { PluginCaller } from './plugin-caller.ts';

/** A plugin that the daemon cannot do without. */
export interface ActivePlugin {
  readonly registry: RegistryName;
  readonly name: string;
}

export type MissingPlugin = Failure<'missing_plugin'>;

/** The config plugin that is the daemon's own. */
export const fileConfig = 'filesystem';

/** The config plugin that an extension has to bring, if one has to. */
export const activeConfig = (flags: Flags): readonly ActivePlugin[] => {
  const name = flags.text('config_plugin');
  return name === fileConfig ? [] : [{ registry: 'config', name }];
};

/** Loggers and the distributed plugin that extensions have to bring. */
export const activePlugins = (flags: Flags): readonly ActivePlugin[] => [
  ...(flags.bool('disable_logging')
    ? []
    : pluginLoggers(loggersOf(flags)).map((name) => ({ registry: 'logger', name }) as const)),
  ...(flags.bool('disable_distributed')
    ? []
    : [{ registry: 'distributed', name: flags.text('distributed_plugin') } as const]),
];

/**
 * How long the start of the daemon waits for them: `extensions_timeout` where extensions are `managed`; where none is
 * started there is nothing to wait for.
 */
export const pluginWait_ms = (flags: Flags, managed: boolean): number =>
  managed ? extensionTime_ms(flags, 'extensions_timeout') : 0;

const lookEvery_ms = 20;

/**
 * Waits until extensions bring these plugins. One that is missing after `timeout_ms` ends the start of the daemon, as in
 * osquery.
 */
export const awaitPlugins = async (
  { plugins, clock }: { readonly plugins: Pick<PluginCaller, 'bringer'>; readonly clock: Clock },
  wanted: readonly ActivePlugin[],
  timeout_ms: number,
): Promise<Result<void, MissingPlugin>> => {
  const until_ms = clock.monotonicMs() + timeout_ms;
  for (;;) {
    const missing = wanted.find(({ registry, name }) => plugins.bringer(registry, name) === undefined);
    if (missing === undefined) return ok(undefined);
    if (clock.monotonicMs() >= until_ms) return fail(missingPlugin(missing, timeout_ms));
    await new Promise<void>((resolve) => clock.after(lookEvery_ms, resolve));
  }
};

const missingPlugin = ({ registry, name }: ActivePlugin, timeout_ms: number): MissingPlugin => {
  const waited = timeout_ms > 0 ? `, though Leash waited ${timeout_ms} ms (extensions_timeout)` : '';
  return {
    reason: 'missing_plugin',
    message: `${registry}_plugin is '${name}': Leash has none of this name, and no extension brings it${waited}.`,
  };
};
