import { result } from './codes.ts';
import { scalarFunctions } from './functions/index.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import {
  readArgument,
  resultBlob,
  resultError,
  resultInteger,
  resultText,
  type SqlArgument,
} from './sql-value.ts';
import { compareVersions, type VersionFlavour, versionRules } from './version-compare.ts';

/** SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS. */
const functionFlags = 1 | 0x800 | 0x200000;
const utf8 = 1;

/** Names of the functions that `installFunctions` adds, in lower case. */
export const ourFunctions: ReadonlySet<string> = new Set(scalarFunctions.map(({ name }) => name));

/** Adds the engine's SQL functions and collations to a connection. */
export const installFunctions = (sqlite: RawSqlite, db: Pointer): void => {
  const { exports, memory } = sqlite;
  // One C function serves all: SQLite hands it the number that each was registered with.
  const call = sqlite.install('v(pip)', (context: Pointer, count: number, argv: Pointer): void =>
    callScalar(sqlite, context, count, argv),
  );
  for (const [number, { name, arity }] of scalarFunctions.entries()) {
    const text = memory.allocateText(name);
    const code = exports.sqlite3_create_function_v2(
      db,
      text.pointer,
      arity,
      functionFlags,
      number,
      call,
      0,
      0,
      0,
    );
    exports.free(text.pointer);
    if (code !== result.ok) throw new Error(`function ${name} cannot be registered: code ${code}`);
  }
  installCollations(sqlite, db);
};

const callScalar = (sqlite: RawSqlite, context: Pointer, count: number, argv: Pointer): void => {
  try {
    const called = scalarFunctions[sqlite.exports.sqlite3_user_data(context)];
    const args: SqlArgument[] = [];
    for (let index = 0; index < count; index += 1) {
      args.push(readArgument(sqlite, sqlite.memory.view.getInt32(argv + index * 4, true)));
    }
    giveResult(sqlite, context, called === undefined ? null : called.call(...args));
  } catch (error) {
    resultError(sqlite, context, error instanceof Error ? error.message : String(error));
  }
};

const giveResult = (
  sqlite: RawSqlite,
  context: Pointer,
  value: ReturnType<(typeof scalarFunctions)[number]['call']>,
): void => {
  if (value === null) sqlite.exports.sqlite3_result_null(context);
  else if (typeof value === 'string') resultText(sqlite, context, value);
  else if (typeof value === 'boolean') sqlite.exports.sqlite3_result_int(context, value ? 1 : 0);
  else if (typeof value === 'bigint') sqlite.exports.sqlite3_result_int64(context, value);
  else if (value instanceof Uint8Array) resultBlob(sqlite, context, value);
  else if (typeof value === 'object') sqlite.exports.sqlite3_result_double(context, value.real);
  else resultInteger(sqlite, context, value);
};

const installCollations = (sqlite: RawSqlite, db: Pointer): void => {
  const { exports, memory } = sqlite;
  const flavours = Object.keys(versionRules) as readonly VersionFlavour[];
  const compare = sqlite.install(
    'i(pipip)',
    (number: number, leftBytes: number, left: Pointer, rightBytes: number, right: Pointer): number => {
      const flavour = flavours[number] ?? 'VERSION';
      const { bytes } = sqlite.memory;
      return compareVersions(
        bytes.latin1Slice(left, left + leftBytes),
        bytes.latin1Slice(right, right + rightBytes),
        versionRules[flavour],
      );
    },
  );
  for (const [number, flavour] of flavours.entries()) {
    const text = memory.allocateText(flavour);
    const code = exports.sqlite3_create_collation(db, text.pointer, utf8, number, compare);
    exports.free(text.pointer);
    if (code !== result.ok) throw new Error(`collation ${flavour} cannot be registered: code ${code}`);
  }
};
