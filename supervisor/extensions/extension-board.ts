import type { Lease } from '../../protocol/lease.ts';
import type { Finding } from '../watchdog/judge.ts';
import type { Registration } from './registry.ts';

/** What is registered, as the rest of the supervisor sees it. */
export interface ExtensionBoard {
  /** By uuid. The map is replaced, never changed: comparing identities tells whether something came or went. */
  readonly attached: ReadonlyMap<number, Registration>;
  /** A lease reads tables of these extensions (told before its first row). */
  reads(lease: Lease, uuids: readonly number[]): void;
  /** A run came to its wall_ms while it waited for this extension: the extension is blamed, not the query. */
  hung(uuid: number, lease: Lease, finding: Finding): void;
}
