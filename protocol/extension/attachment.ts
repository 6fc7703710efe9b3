import { type Failure, fail, ok, type Result } from '../result.ts';
import { readTableRoute, type TableRoute, writeTableRoute } from './table-route.ts';

/** An extension as a worker knows it: where it is called, and the tables that it brings. */
export interface AttachedExtension {
  readonly uuid: number;
  readonly name: string;
  /** The socket on which it is called. */
  readonly path: string;
  readonly tables: readonly TableRoute[];
}

/** The same as it travels in JSON: each table as its route info, whose maps have keys of the protocol alone. */
export interface Attachment {
  readonly uuid: number;
  readonly name: string;
  readonly path: string;
  readonly tables: readonly {
    readonly name: string;
    readonly info: readonly Readonly<Record<string, string>>[];
  }[];
}

/** Why an attachment cannot be used. */
export type AttachmentFailure = Failure<'bad_table'>;

/** Makes the JSON form. It is somewhat larger than the registration that it came from, which has 256 KiB at most. */
export const writeAttachment = ({ uuid, name, path, tables }: AttachedExtension): Attachment => ({
  uuid,
  name,
  path,
  tables: tables.map((table) => ({
    name: table.name,
    info: writeTableRoute(table).map((row) => Object.fromEntries(row)),
  })),
});

/**
 * Reads the JSON form. What an extension declared went through the supervisor, and is held to the rules of a
 * registration once more by the one who puts it into SQL. Options are as they were decided there: no default is added.
 */
export const readAttachment = ({
  uuid,
  name,
  path,
  tables,
}: Attachment): Result<AttachedExtension, AttachmentFailure> => {
  const routes: TableRoute[] = [];
  for (const table of tables) {
    const info = table.info.map((row) => new Map(Object.entries(row)));
    const route = readTableRoute(table.name, info, false);
    if (!route.ok) return fail({ reason: 'bad_table', message: `extension ${name}: ${route.error.message}` });
    routes.push(route.value);
  }
  return ok({ uuid, name, path, tables: routes });
};
