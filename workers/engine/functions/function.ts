import type { SqlArgument, SqlReal, SqlValue } from '../sql-value.ts';

/** A scalar SQL function. An Error thrown by `call` becomes the statement's error with that message. */
export interface ScalarFunction {
  readonly name: string;
  /** Number of arguments; -1 for any. */
  readonly arity: number;
  call(...args: readonly SqlArgument[]): SqlValue | SqlReal | boolean;
}

/** A value as SQLite would cast it to text; NULL has none. */
export const textOf = (value: SqlArgument | undefined): string | undefined => {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return typeof value === 'object' ? realText(value.real) : String(value);
};

/** SQLite's text of a REAL: 15 significant digits, and always a point. */
const realText = (real: number): string => {
  if (!Number.isFinite(real)) return real > 0 ? 'Inf' : '-Inf';
  const [digits = '', exponent] = String(Number(real.toPrecision(15))).split('e');
  const pointed = digits.includes('.') ? digits : `${digits}.0`;
  return exponent === undefined ? pointed : `${pointed}e${exponent}`;
};

/** A value as SQLite would cast it to an integer: the leading digits of a text, else 0. */
export const integerOf = (value: SqlArgument | undefined): number => {
  const whole = Math.trunc(Number.parseFloat(textOf(value) ?? ''));
  return Number.isFinite(whole) ? whole : 0;
};
