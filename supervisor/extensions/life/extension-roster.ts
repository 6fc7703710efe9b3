import { type ExtensionLife, extensionScope } from '../../../protocol/extension/life.ts';
import type { ExtensionState, ExtensionStatus } from '../../../protocol/extension/state.ts';
import type { FamilySample } from '../../../protocol/family-sample.ts';
import type { Lease } from '../../../protocol/lease.ts';
import type { Finding } from '../../watchdog/judge.ts';
import type { ExtensionBoard } from '../extension-board.ts';
import { awayTables, type Registration } from '../registry.ts';
import type { ManagedExtension } from './managed-extension.ts';

/** What is known of one managed extension, for people: `leash status`, `leash_extensions`. */
export interface ExtensionEntry {
  readonly extension: ManagedExtension;
  readonly state: ExtensionState;
  /** By which the denylist knows it, under the budget that it has now. */
  readonly pathHash: string;
  /** Of the process that runs now. */
  readonly life: ExtensionLife | undefined;
  readonly restarts: number;
  /** How the last life ended; empty while none did. */
  readonly lastExit: string;
  /** Wall clock; 0 while no start is due. */
  readonly nextStart_unix_ms: number;
  readonly lastSample: FamilySample | undefined;
  /** Why its file, its user or its door keeps it from being started; empty: nothing does. */
  readonly refusal: string;
  /** What `allow_unsafe` let pass; empty: nothing. */
  readonly unsafe: string;
}

/** Who is told of what workers say about extensions. */
export type BoardListener = Pick<ExtensionBoard, 'reads' | 'hung'>;

/**
 * The list of extensions and of what they registered. Written by the actors that own the processes and by the manager,
 * read by workers, tables and status; it decides nothing.
 */
export class ExtensionRoster implements ExtensionBoard {
  readonly #entries = new Map<number, ExtensionEntry>();
  #attached: ReadonlyMap<number, Registration> = new Map();
  #listener: BoardListener | undefined;
  /** Where extensions that others started register; empty: nowhere. */
  sharedSocket = '';

  get attached(): ReadonlyMap<number, Registration> {
    return this.#attached;
  }

  reads(lease: Lease, uuids: readonly number[]): void {
    this.#listener?.reads(lease, uuids);
  }

  hung(uuid: number, lease: Lease, finding: Finding): void {
    this.#listener?.hung(uuid, lease, finding);
  }

  listen(listener: BoardListener): void {
    this.#listener = listener;
  }

  attach(registrations: ReadonlyMap<number, Registration>): void {
    this.#attached = registrations;
  }

  put(entry: ExtensionEntry): void {
    this.#entries.set(entry.extension.number, entry);
  }

  update(number: number, change: Partial<Omit<ExtensionEntry, 'extension'>>): void {
    const entry = this.#entries.get(number);
    if (entry !== undefined) this.#entries.set(number, { ...entry, ...change });
  }

  entries(): readonly ExtensionEntry[] {
    return [...this.#entries.values()];
  }

  /** Whose record a denial by name is, with the budget of its last start; undefined: no extension is called so. */
  recordOf(
    name: string,
  ): { readonly scope: string; readonly sqlHash: string; readonly sql: string } | undefined {
    const entry = this.entries().find(({ extension }) => extension.name === name);
    if (entry === undefined) return undefined;
    return { scope: extensionScope(name), sqlHash: entry.pathHash, sql: entry.extension.path };
  }

  /** What came by a door. */
  registeredBy(path: string): readonly Registration[] {
    return [...this.#attached.values()].filter(({ door }) => door.path === path);
  }

  /** Registered, and started by somebody else. */
  unwatched(): readonly Registration[] {
    return [...this.#attached.values()].filter(({ door }) => door.kind === 'shared');
  }

  status(): readonly ExtensionStatus[] {
    const managed = this.entries().map((entry): ExtensionStatus => {
      const { extension, state, life, restarts, lastSample, refusal, lastExit } = entry;
      return {
        name: extension.name,
        state,
        pid: life?.leader.pid ?? 0,
        restarts,
        private_bytes: lastSample?.private_bytes ?? 0,
        processes: lastSample?.processes ?? 0,
        away_tables: awayTables(this.registeredBy(extension.door.path)),
        note: refusal === '' ? lastExit : refusal,
      };
    });
    const others = this.unwatched().map((registration): ExtensionStatus => {
      const unknown = { pid: 0, restarts: 0, private_bytes: 0, processes: 0, note: '' };
      const { name } = registration.info;
      return { name, state: 'unwatched', away_tables: awayTables([registration]), ...unknown };
    });
    return [...managed, ...others];
  }
}
