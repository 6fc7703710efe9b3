import { cutAtNul } from '../../../protocol/cut-at-nul.ts';
import type { EngineRun } from '../engine-run.ts';
import type { SqlArgument, SqlReal, SqlValue } from '../sql-value.ts';

/** A text as its bytes, which need not be UTF-8. */
export interface SqlBytesOfText {
  readonly text: Uint8Array;
}

/** What a function gives. */
export type FunctionResult = SqlValue | SqlReal | SqlBytesOfText | boolean;

interface NamedFunction {
  readonly name: string;
  /** Number of arguments; -1 for any. */
  readonly arity: number;
  /** It is given texts as their bytes: what is not UTF-8 would be lost in a string. */
  readonly takesBytes?: true;
}

/** A scalar SQL function. An Error thrown by `call` becomes the statement's error with that message. */
export interface ScalarFunction extends NamedFunction {
  call(...args: readonly SqlArgument[]): FunctionResult;
}

/** What a run lends to functions that look at more than their arguments. */
export type FunctionRun = Pick<EngineRun, 'guard' | 'services'>;

/** A scalar SQL function that needs the run in which it is called. */
export interface RunFunction extends NamedFunction {
  /** It is called anew each time, and not once for all rows that have the same arguments. */
  readonly isVolatile?: true;
  callIn(run: FunctionRun, ...args: readonly SqlArgument[]): FunctionResult;
}

/** A value as SQLite would cast it to text, up to its first NUL, where C ends a text; NULL has none. */
export const textOf = (value: SqlArgument | undefined): string | undefined => {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Uint8Array) return cutAtNul(Buffer.from(value).toString());
  if (typeof value === 'string') return cutAtNul(value);
  return typeof value === 'object' ? realText(value.real) : String(value);
};

/** The bytes of a text, those behind a NUL too. */
export const bytesOf = (value: SqlArgument | undefined): Buffer | undefined => {
  if (value instanceof Uint8Array) return Buffer.from(value);
  const text = textOf(value);
  return text === undefined ? undefined : Buffer.from(text);
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

/** A value as SQLite would cast it to a REAL: the number that a text begins with, else 0; NULL has none. */
export const realOf = (value: SqlArgument | undefined): number | undefined => {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (typeof value === 'object' && !(value instanceof Uint8Array)) return value.real;
  const [number = '0'] = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i.exec(textOf(value) ?? '') ?? [];
  return Number(number);
};

/** A value as SQLite would cast it to an integer: the leading digits of a text, else 0. */
export const integerOf = (value: SqlArgument | undefined): number => {
  const isText = typeof value === 'string' || value instanceof Uint8Array;
  const [digits = '0'] = (isText && /^[ \t-\r]*[+-]?\d+/.exec(textOf(value) ?? '')) || [];
  const whole = Math.trunc(isText ? Number(digits) : (realOf(value) ?? 0));
  return Number.isFinite(whole) ? whole : 0;
};

/** What isspace(3) takes for white space in the C locale; JavaScript's `\s` has spaces of Unicode beside it. */
export const cSpace = ' \\t-\\r';
