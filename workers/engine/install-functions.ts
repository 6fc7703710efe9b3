import { BudgetExceeded } from '../../protocol/budget-exceeded.ts';
import { result } from './codes.ts';
import type { FunctionResult, FunctionRun, RunFunction, ScalarFunction } from './functions/function.ts';
import { scalarFunctions } from './functions/index.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import {
  readArgument,
  resultBlob,
  resultBytesOfText,
  resultError,
  resultInteger,
  resultText,
  type SqlArgument,
} from './sql-value.ts';
import { compareVersions, type VersionFlavour, versionRules } from './version-compare.ts';

/** SQLITE_UTF8 | SQLITE_INNOCUOUS, SQLITE_DETERMINISTIC. */
const functionFlags = 1 | 0x200000;
const deterministic = 0x800;
const utf8 = 1;

/** The name of the one aggregate. */
const carve = 'carve';

/** Names of the functions that `installFunctions` adds, in lower case. */
export const ourFunctions: ReadonlySet<string> = new Set([...scalarFunctions.map(({ name }) => name), carve]);

type OpenRun = () => FunctionRun | undefined;

/** The C functions that serve a SQL function; 0 for those that it has not. */
interface Served {
  readonly call: Pointer;
  readonly step: Pointer;
  readonly final: Pointer;
}

/** Adds the engine's SQL functions and collations to a connection. `run` gives the run that they are called in. */
export const installFunctions = (sqlite: RawSqlite, db: Pointer, run: OpenRun): void => {
  // One C function serves all: SQLite hands it the number that each was registered with.
  const call = sqlite.install('v(pip)', (context: Pointer, count: number, argv: Pointer): void =>
    callScalar(sqlite, run, context, count, argv),
  );
  for (const [number, each] of scalarFunctions.entries()) {
    const flags = 'isVolatile' in each ? functionFlags : functionFlags | deterministic;
    createFunction(sqlite, db, { ...each, flags, number }, { call, step: 0, final: 0 });
  }
  installCarve(sqlite, db, run);
  installCollations(sqlite, db);
};

const createFunction = (
  { exports, memory }: RawSqlite,
  db: Pointer,
  of: { readonly name: string; readonly arity: number; readonly flags: number; readonly number: number },
  { call, step, final }: Served,
): void => {
  const text = memory.allocateText(of.name);
  const code = exports.sqlite3_create_function_v2(
    db,
    text.pointer,
    of.arity,
    of.flags,
    of.number,
    call,
    step,
    final,
    0,
  );
  exports.free(text.pointer);
  if (code !== result.ok) throw new Error(`function ${of.name} cannot be registered: code ${code}`);
};

/** carve(path): what osquery answers where carving is off, which it always is here. */
const installCarve = (sqlite: RawSqlite, db: Pointer, run: OpenRun): void => {
  const step = sqlite.install('v(pip)', (): void => {});
  const final = sqlite.install('v(p)', (context: Pointer): void => {
    run()?.services.warn('carve(): Leash does not carve files yet; nothing was collected');
    resultText(sqlite, context, 'Carve Failed:');
  });
  const flags = functionFlags;
  createFunction(sqlite, db, { name: carve, arity: 1, flags, number: 0 }, { call: 0, step, final });
};

const callScalar = (
  sqlite: RawSqlite,
  openRun: OpenRun,
  context: Pointer,
  count: number,
  argv: Pointer,
): void => {
  const run = openRun();
  try {
    const called = scalarFunctions[sqlite.exports.sqlite3_user_data(context)];
    const args: SqlArgument[] = [];
    for (let index = 0; index < count; index += 1) {
      const value = sqlite.memory.view.getInt32(argv + index * 4, true);
      args.push(readArgument(sqlite, value, called?.takesBytes === true));
    }
    giveResult(sqlite, context, called === undefined ? null : resultOf(called, run, args));
  } catch (error) {
    if (error instanceof BudgetExceeded) run?.guard.exceed(error);
    resultError(sqlite, context, error instanceof Error ? error.message : String(error));
  }
};

const resultOf = (
  called: ScalarFunction | RunFunction,
  run: FunctionRun | undefined,
  args: readonly SqlArgument[],
): FunctionResult => {
  if ('call' in called) return called.call(...args);
  if (run === undefined) throw new Error(`${called.name}() was called outside a run`);
  return called.callIn(run, ...args);
};

const giveResult = (sqlite: RawSqlite, context: Pointer, value: FunctionResult): void => {
  if (value === null) sqlite.exports.sqlite3_result_null(context);
  else if (typeof value === 'string') resultText(sqlite, context, value);
  else if (typeof value === 'boolean') sqlite.exports.sqlite3_result_int(context, value ? 1 : 0);
  else if (typeof value === 'bigint') sqlite.exports.sqlite3_result_int64(context, value);
  else if (value instanceof Uint8Array) resultBlob(sqlite, context, value);
  else if (typeof value === 'object' && 'text' in value) resultBytesOfText(sqlite, context, value.text);
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
