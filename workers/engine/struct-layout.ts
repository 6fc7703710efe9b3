/** Byte offsets of the C structs that the engine reads and writes itself (sqlite3.h, 32-bit). */
export const layout = {
  sqlite3_module: {
    size: 100,
    iVersion: 0,
    xCreate: 4,
    xConnect: 8,
    xBestIndex: 12,
    xDisconnect: 16,
    xDestroy: 20,
    xOpen: 24,
    xClose: 28,
    xFilter: 32,
    xNext: 36,
    xEof: 40,
    xColumn: 44,
    xRowid: 48,
    xUpdate: 52,
  },
  sqlite3_index_info: {
    size: 72,
    nConstraint: 0,
    aConstraint: 4,
    nOrderBy: 8,
    aConstraintUsage: 16,
    idxNum: 20,
    estimatedCost: 40,
    colUsed: 64,
  },
  sqlite3_index_constraint: { size: 12, iColumn: 0, op: 4, usable: 5 },
  sqlite3_index_constraint_usage: { size: 8, argvIndex: 0, omit: 4 },
  sqlite3_vfs: {
    size: 88,
    szOsFile: 4,
    mxPathname: 8,
    pNext: 12,
    zName: 16,
    xOpen: 24,
    xDelete: 28,
    xAccess: 32,
    xFullPathname: 36,
  },
  sqlite3_io_methods: {
    size: 76,
    iVersion: 0,
    xClose: 4,
    xRead: 8,
    xWrite: 12,
    xTruncate: 16,
    xSync: 20,
    xFileSize: 24,
    xLock: 28,
    xUnlock: 32,
    xCheckReservedLock: 36,
    xFileControl: 40,
    xSectorSize: 44,
    xDeviceCharacteristics: 48,
  },
  sqlite3_file: { size: 4, pMethods: 0 },
  sqlite3_vtab: { size: 12, pModule: 0, nRef: 4, zErrMsg: 8 },
  sqlite3_vtab_cursor: { size: 4, pVtab: 0 },
} as const;

interface StructInfo {
  readonly name: string;
  readonly sizeof: number;
  readonly members: Readonly<Record<string, { readonly offset: number }>>;
}

/** The structs of this very build, as it describes them itself (`sqlite3__wasm_enum_json`). */
export const parseStructs = (json: string): readonly StructInfo[] =>
  (JSON.parse(json) as { readonly structs: readonly StructInfo[] }).structs;

/** Throws when a struct differs from `layout`: then another version of SQLite was installed. */
export const assertStructLayout = (structs: readonly StructInfo[]): void => {
  for (const [struct, offsets] of Object.entries(layout)) {
    const info = structs.find(({ name }) => name === struct);
    for (const [member, expected] of Object.entries(offsets)) {
      const actual = member === 'size' ? info?.sizeof : info?.members[member]?.offset;
      if (actual === expected) continue;
      throw new Error(
        `${struct}.${member} is at ${actual}, not ${expected}: check the version of sqlite-wasm`,
      );
    }
  }
};
