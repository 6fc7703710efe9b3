import type { ColumnType, ResultColumn } from '../../protocol/cell.ts';
import { result } from './codes.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import { statementColumns } from './result-columns.ts';
import { finalizeAll, prepareAll, type Statement } from './statements.ts';
import type { VirtualTables } from './virtual-tables.ts';

/** One instruction of a compiled statement, as EXPLAIN tells it (https://sqlite.org/opcode.html). */
export interface Instruction {
  readonly opcode: string;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
}

/** Which operand names the register that is written, and what is in it then: osquery's rules. */
type Written = readonly [register: 'p1' | 'p2' | 'p3', type: ColumnType];

const each = (names: string, written: Written): readonly (readonly [string, Written])[] =>
  names.split(' ').map((name) => [name, written] as const);

const writes: ReadonlyMap<string, Written> = new Map([
  ...each('Add Subtract Multiply Divide Remainder BitAnd BitOr ShiftLeft ShiftRight', ['p3', 'BIGINT']),
  ...each('And Or', ['p3', 'INTEGER']),
  ...each('BitNot', ['p2', 'BIGINT']),
  ...each('Integer Not IsTrue', ['p2', 'INTEGER']),
  ...each('Int64', ['p2', 'BIGINT']),
  ...each('Real', ['p2', 'DOUBLE']),
  ...each('String String8', ['p2', 'TEXT']),
  ...each('Blob', ['p2', 'BLOB']),
  ...each('Concat', ['p3', 'TEXT']),
  ...each('AggFinal', ['p1', 'BIGINT']),
  // A column or a function may give anything.
  ...each('Column VColumn Function PureFunc', ['p3', 'UNKNOWN']),
]);

/** Affinities, as Cast names them. */
const casts: ReadonlyMap<string, ColumnType> = new Map([
  ['A', 'BLOB'],
  ['B', 'TEXT'],
  ['C', 'UNKNOWN'],
  ['D', 'BIGINT'],
  ['E', 'DOUBLE'],
]);

/** The types of a program's result, as far as its instructions tell them. Pure. */
export const typesOfProgram = (program: readonly Instruction[]): readonly ColumnType[] => {
  const types = new Map<number, ColumnType>();
  // The first instruction goes to the constants, which stand last.
  const constants = program[0]?.p2 ?? 0;
  for (const { opcode, p1, p2, p3 } of [...program.slice(constants), ...program.slice(0, constants)]) {
    if (opcode === 'ResultRow') return Array.from({ length: p2 }, (_, at) => types.get(p1 + at) ?? 'UNKNOWN');
    if (opcode === 'Cast') types.set(p1, casts.get(String.fromCharCode(p2)) ?? 'UNKNOWN');
    const count = { Copy: p3 + 1, SCopy: 1, Move: p3 }[opcode] ?? 0;
    for (let at = 0; at < count; at += 1) types.set(p2 + at, types.get(p1 + at) ?? 'UNKNOWN');
    const written = writes.get(opcode);
    if (written !== undefined) types.set({ p1, p2, p3 }[written[0]], written[1]);
  }
  return [];
};

/**
 * Columns of a statement that had no row, whose values would tell the type of expressions: its program tells it. Whatever
 * has no program of its own stays UNKNOWN.
 */
export const typedByProgram = (
  sqlite: RawSqlite,
  db: Pointer,
  statement: Pointer,
  tables: VirtualTables,
): readonly ResultColumn[] => {
  const columns = statementColumns(sqlite, statement);
  if (columns.every(({ type }) => type !== 'UNKNOWN')) return columns;
  const statements: Statement[] = [];
  try {
    const sql = sqlite.memory.cString(sqlite.exports.sqlite3_sql(statement));
    const code = prepareAll(sqlite, db, `EXPLAIN ${sql}`, statements, tables);
    const [explained] = statements;
    if (code !== result.ok || explained === undefined) return columns;
    const types = typesOfProgram(readProgram(sqlite, explained.pointer));
    return columns.map(({ name, type }, index) => ({
      name,
      type: type === 'UNKNOWN' ? (types[index] ?? type) : type,
    }));
  } finally {
    finalizeAll(sqlite, statements);
  }
};

const readProgram = ({ exports, memory }: RawSqlite, statement: Pointer): readonly Instruction[] => {
  const program: Instruction[] = [];
  const operand = (column: number): number => Number(exports.sqlite3_column_int64(statement, column));
  while (exports.sqlite3_step(statement) === result.row) {
    const opcode = memory.cString(exports.sqlite3_column_text(statement, 1));
    program.push({ opcode, p1: operand(2), p2: operand(3), p3: operand(4) });
  }
  return program;
};
