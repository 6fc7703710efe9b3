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

/** SQLite's text of a REAL, C's `%.15g` with a point always: `1.0`, `0.1`, `1.0e+20`, `1.5e-07`. */
const realText = (real: number): string => {
  if (!Number.isFinite(real)) return real > 0 ? 'Inf' : '-Inf';
  const [mantissa = '', power = ''] = real.toExponential(14).split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 15) return pointed(String(Number(real.toPrecision(15))));
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return `${pointed(String(Number(mantissa)))}e${exponent < 0 ? '-' : '+'}${digits}`;
};

const pointed = (digits: string): string => (digits.includes('.') ? digits : `${digits}.0`);

/** A value as SQLite would cast it to an integer: the leading digits of a text, else 0. */
export const integerOf = (value: SqlArgument | undefined): number => {
  const whole = Math.trunc(Number.parseFloat(textOf(value) ?? ''));
  return Number.isFinite(whole) ? whole : 0;
};
