import type { GuardStore } from '../platform/guard-store.ts';
import { hostName } from '../platform/node/host-name.ts';
import { nodeRandom } from '../platform/node/random.ts';
import { readTextFile } from '../platform/node/text-file.ts';
import { usableHostUuid } from '../protocol/host-uuid.ts';

/** Who this host and this installation are. */
export interface HostIdentity {
  readonly hostIdentifier: string;
  readonly uuid: string;
  readonly instanceId: string;
}

/** The UUID that the firmware has for this machine; undefined where this user may not read it, or it identifies none. */
export const firmwareUuid = (): string | undefined =>
  usableHostUuid(readTextFile('/sys/class/dmi/id/product_uuid'));

/** `hostIdentifier` of the log lines, by the flag `host_identifier`. */
export const hostIdentity = (kind: string, specified: string, store: GuardStore): HostIdentity => {
  const uuid = firmwareUuid() ?? kept(store, 'host_uuid');
  const instanceId = kept(store, 'instance_uuid');
  const identifiers: Readonly<Record<string, string>> = {
    hostname: hostName(),
    uuid,
    instance: instanceId,
    ephemeral: nodeRandom.id(),
    specified,
  };
  return { hostIdentifier: identifiers[kind] ?? hostName(), uuid, instanceId };
};

/** A random identity that is drawn once and stored; without a working store it lasts as long as this process. */
const kept = (store: GuardStore, name: string): string => {
  const stored = store.setting(name);
  if (stored.ok && stored.value !== undefined) return stored.value;
  const drawn = nodeRandom.id();
  store.putSetting(name, drawn);
  return drawn;
};
