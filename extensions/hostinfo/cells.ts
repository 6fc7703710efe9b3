/** SQL has no booleans; what is not known stays so. */
export const flag = (value: boolean | null | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);

/** systeminformation says '' where it does not know a number, and NaN where a program printed none. */
export const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** A whole number. */
export const whole = (value: unknown): number | undefined => {
  const known = number(value);
  return known === undefined ? undefined : Math.round(known);
};

/** A text, also of what is told as a number. */
export const words = (value: string | number | null | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value);
