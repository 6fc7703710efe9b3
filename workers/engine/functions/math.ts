import type { SqlReal } from '../sql-value.ts';
import { realOf, type ScalarFunction } from './function.ts';

/** What strerror(3) says of the errors that C's math functions set (math_error(7)). */
const outOfDomain = 'Numerical argument out of domain';
const outOfRange = 'Numerical result out of range';

/** Largest and smallest argument whose exp() fits an x87 long double, in which osquery computes it. */
const expMax = 11_356.5234;
const expMin = -11_400.19;

/** A function of one number that is NULL for NULL. `check` gives the error that C would set, if any. */
const ofOne = (
  name: string,
  compute: (x: number) => number,
  check: (x: number) => string | undefined = () => undefined,
): ScalarFunction => ({
  name,
  arity: 1,
  call: (value) => {
    const x = realOf(value);
    if (x === undefined) return null;
    const error = check(x);
    if (error !== undefined) throw new Error(error);
    return { real: compute(x) };
  },
});

const within = (isInDomain: boolean): string | undefined => (isInDomain ? undefined : outOfDomain);

/** A logarithm has no value below 0 and a pole at 0. */
const checkLogarithm = (x: number): string | undefined => (x === 0 ? outOfRange : within(x > 0));

const checkExp = (x: number): string | undefined =>
  Number.isFinite(x) && (x > expMax || x < expMin) ? outOfRange : undefined;

const power: ScalarFunction = {
  name: 'power',
  arity: 2,
  call: (base, exponent) => {
    const [x, y] = [realOf(base), realOf(exponent)];
    if (x === undefined || y === undefined) return null;
    // C's pow() has a value here, JavaScript's has none.
    const real = Math.abs(x) === 1 && !Number.isFinite(y) ? 1 : x ** y;
    if (Number.isNaN(real)) throw new Error(outOfDomain);
    if (Number.isFinite(x) && Number.isFinite(y) && (!Number.isFinite(real) || (real === 0 && x !== 0)))
      throw new Error(outOfRange);
    return { real };
  },
};

const smallest64 = -(2n ** 63n);

/** Always an integer, other than SQLite's own. One that 64 bits cannot hold becomes the smallest, as on x86-64. */
const rounding = (name: string, round: (x: number) => number): ScalarFunction => ({
  name,
  arity: 1,
  call: (value) => {
    if (typeof value === 'number' || typeof value === 'bigint') return value;
    const x = realOf(value);
    if (x === undefined) return null;
    const whole = round(x);
    if (Number.isSafeInteger(whole)) return whole + 0;
    return whole >= -(2 ** 63) && whole < 2 ** 63 ? BigInt(whole) : smallest64;
  },
});

const pi: ScalarFunction = { name: 'pi', arity: 0, call: (): SqlReal => ({ real: Math.PI }) };

/** osquery's functions on numbers; `log` is the natural logarithm. */
export const mathFunctions: readonly ScalarFunction[] = [
  ofOne('sqrt', Math.sqrt, (x) => within(x >= 0)),
  ofOne('acos', Math.acos, (x) => within(Math.abs(x) <= 1)),
  ofOne('asin', Math.asin, (x) => within(Math.abs(x) <= 1)),
  ofOne('atan', Math.atan),
  ofOne('cos', Math.cos, (x) => within(Number.isFinite(x))),
  ofOne('sin', Math.sin, (x) => within(Number.isFinite(x))),
  ofOne('tan', Math.tan, (x) => within(Number.isFinite(x))),
  ofOne(
    'cot',
    (x) => 1 / Math.tan(x),
    (x) => within(Number.isFinite(x)),
  ),
  ofOne('exp', Math.exp, checkExp),
  ofOne('log', Math.log, checkLogarithm),
  ofOne('log10', Math.log10, checkLogarithm),
  power,
  rounding('ceil', Math.ceil),
  rounding('floor', Math.floor),
  ofOne('degrees', (x) => (x * 180) / Math.PI),
  ofOne('radians', (x) => (x * Math.PI) / 180),
  pi,
];
