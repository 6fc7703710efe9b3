/** Significant digits that SQLite prints of a double. */
const digits = 15;

/**
 * A double as SQLite casts it to text (`%!.15g`): at most 15 significant digits, always a decimal point, an
 * exponent of two digits or more below 1e-4 and from 1e15 on; infinity is `Inf`, zero has no sign.
 */
export const doubleText = (value: number | 'Infinity' | '-Infinity'): string => {
  if (value === 'Infinity' || value === Infinity) return 'Inf';
  if (value === '-Infinity' || value === -Infinity) return '-Inf';
  if (value === 0) return '0.0';
  const [mantissa = '0', exponentText = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= digits) {
    const sign = exponent < 0 ? '-' : '+';
    return `${withPoint(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return withPoint(shift(mantissa, exponent));
};

/** Moves the decimal point of `d.ddd` by the exponent. Digits are not computed anew: that could round twice. */
const shift = (mantissa: string, exponent: number): string => {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const plain = mantissa.replace(/[-.]/g, '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${plain}`;
  return `${sign}${plain.slice(0, exponent + 1)}.${plain.slice(exponent + 1)}`;
};

/** Drops trailing zeros but keeps one digit behind the point. */
const withPoint = (text: string): string => {
  const whole = text.includes('.') ? text : `${text}.`;
  return whole.replace(/0+$/, '').replace(/\.$/, '.0');
};
