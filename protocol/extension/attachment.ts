import { type Failure, fail, ok, type Result } from '../result.ts';
import { readTableRoute, type TableRoute, writeTableRoute } from './table-route.ts';

/** A table that its extension registered and does not serve at present. */
export interface AwayTable {
  /** Its own, and its other ones. */
  readonly names: readonly string[];
  /** Wall clock. */
  readonly since_unix_ms: number;
}

/** An extension as a worker knows it: where it is called, and the tables that it brings. */
export interface AttachedExtension {
  readonly uuid: number;
  readonly name: string;
  /** The socket on which it is called. */
  readonly path: string;
  /** Monotonic milliseconds of who knows it, until which that socket may be missing: many register first and listen then. */
  readonly socketDueAt_ms: number;
  readonly tables: readonly TableRoute[];
  readonly away: readonly AwayTable[];
}

/** The same as it travels in JSON: each table as its route info, whose maps have keys of the protocol alone. */
export interface Attachment {
  readonly uuid: number;
  readonly name: string;
  readonly path: string;
  /** Milliseconds that are left until then: no clock is another process's. */
  readonly socketDue_ms: number;
  readonly tables: readonly {
    readonly name: string;
    readonly info: readonly Readonly<Record<string, string>>[];
  }[];
  readonly away: readonly AwayTable[];
}

/** Why an attachment cannot be used. */
export type AttachmentFailure = Failure<'bad_table'>;

/** Makes the JSON form. It is somewhat larger than the registration that it came from, which has 256 KiB at most. */
export const writeAttachment = (
  { uuid, name, path, socketDueAt_ms, tables, away }: AttachedExtension,
  now_ms: number,
): Attachment => ({
  uuid,
  name,
  path,
  socketDue_ms: Math.max(0, socketDueAt_ms - now_ms),
  tables: tables.map((table) => ({
    name: table.name,
    info: writeTableRoute(table).map((row) => Object.fromEntries(row)),
  })),
  away,
});

/**
 * Reads the JSON form. What an extension declared went through the supervisor, and is held to the rules of a
 * registration once more by the one who puts it into SQL. Options are as they were decided there: no default is added.
 */
export const readAttachment = (
  { uuid, name, path, socketDue_ms, tables, away }: Attachment,
  now_ms: number,
): Result<AttachedExtension, AttachmentFailure> => {
  const routes: TableRoute[] = [];
  for (const table of tables) {
    const info = table.info.map((row) => new Map(Object.entries(row)));
    const route = readTableRoute(table.name, info, false);
    if (!route.ok) return fail({ reason: 'bad_table', message: `extension ${name}: ${route.error.message}` });
    routes.push(route.value);
  }
  return ok({ uuid, name, path, socketDueAt_ms: now_ms + socketDue_ms, tables: routes, away });
};
