import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import type { TableCursor } from './scan-cursor.ts';
import { layout } from './struct-layout.ts';
import type { TableShape } from './table-shape.ts';

/** Our number of the table or cursor stands behind SQLite's own part of each struct. */
const vtabNumber = layout.sqlite3_vtab.size;
const cursorNumber = layout.sqlite3_vtab_cursor.size;

/** The structs by which SQLite knows tables and cursors, and which of ours each of them stands for. */
export class VtabStructs {
  readonly #sqlite: RawSqlite;
  readonly #shapes: ((() => TableShape) | undefined)[] = [];
  readonly #cursors: (TableCursor | undefined)[] = [];

  constructor(sqlite: RawSqlite) {
    this.#sqlite = sqlite;
  }

  /** Keeps a table; gives the number that its module is registered with. */
  addShape(shape: () => TableShape): number {
    return put(this.#shapes, shape);
  }

  dropShape(number: number): void {
    this.#shapes[number] = undefined;
  }

  shape(number: number): TableShape | undefined {
    return this.#shapes[number]?.();
  }

  /** Makes an sqlite3_vtab. */
  newTable(number: number): Pointer {
    const { memory } = this.#sqlite;
    const vtab = memory.allocate(vtabNumber + 4);
    memory.bytes.fill(0, vtab, vtab + vtabNumber);
    memory.int32[(vtab + vtabNumber) >> 2] = number;
    return vtab;
  }

  /** Makes an sqlite3_vtab_cursor. */
  newCursor(cursor: TableCursor): Pointer {
    const { memory } = this.#sqlite;
    const pointer = memory.allocate(cursorNumber + 4);
    memory.int32[pointer >> 2] = 0;
    memory.int32[(pointer + cursorNumber) >> 2] = put(this.#cursors, cursor);
    return pointer;
  }

  freeTable(vtab: Pointer): void {
    this.#sqlite.exports.free(vtab);
  }

  freeCursor(pointer: Pointer): void {
    this.#cursors[this.#numberAt(pointer, cursorNumber)] = undefined;
    this.#sqlite.exports.free(pointer);
  }

  shapeAt(vtab: Pointer): TableShape | undefined {
    return this.#shapes[this.#numberAt(vtab, vtabNumber)]?.();
  }

  cursorAt(pointer: Pointer): TableCursor | undefined {
    return this.#cursors[this.#numberAt(pointer, cursorNumber)];
  }

  #numberAt(pointer: Pointer, offset: number): number {
    return this.#sqlite.memory.int32[(pointer + offset) >> 2] ?? -1;
  }
}

/** Puts into the first free place and gives its number. */
const put = <T>(places: (T | undefined)[], value: T): number => {
  const free = places.indexOf(undefined);
  const number = free === -1 ? places.length : free;
  places[number] = value;
  return number;
};
