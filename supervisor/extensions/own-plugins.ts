import { fileLogger } from '../ledger/loggers.ts';
import { fileConfig } from './await-plugins.ts';
import type { RegisteredPlugin } from './registry.ts';

/** Plugins of the daemon itself, beside tables. */
export const ownPlugins: readonly RegisteredPlugin[] = [
  { registry: 'config', name: fileConfig },
  { registry: 'logger', name: fileLogger },
];
