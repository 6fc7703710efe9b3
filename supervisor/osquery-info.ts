import { nodeClock } from '../platform/node/clock.ts';
import { identify } from '../platform/node/process-identity.ts';
import type { TableValue } from '../protocol/table.ts';
import { osqueryVersion } from './version.ts';

/** What the daemon knows of itself and of the config in force. */
export interface InfoFacts {
  readonly configHash: string;
  readonly configValid: boolean;
  readonly instanceId: string;
  readonly uuid: string;
}

/** The row of `osquery_info`, but for its extensions. `pid` is the supervisor: it is the process that an operator manages. */
export const osqueryInfo = (factsNow: () => InfoFacts): (() => Readonly<Record<string, TableValue>>) => {
  const start_time = Math.floor(nodeClock.unixMs() / 1000);
  return () => {
    const facts = factsNow();
    return {
      pid: process.pid,
      uuid: facts.uuid,
      instance_id: facts.instanceId,
      version: osqueryVersion,
      config_hash: facts.configHash,
      config_valid: facts.configValid ? 1 : 0,
      build_platform: 'linux',
      build_distro: 'leash',
      start_time,
      watcher: identify(process.pid) === undefined ? -1 : process.pid,
      platform_mask: 9,
    };
  };
};
