import * as z from 'zod';

/** A schema of values that `convert` takes, and one message for all others. */
const coerced = <T>(words: string, convert: (value: unknown) => T | undefined): z.ZodType<T> =>
  z.unknown().transform((value, context) => {
    const converted = convert(value);
    if (converted !== undefined) return converted;
    context.issues.push({ code: 'custom', input: value, message: words });
    return z.NEVER;
  });

/** Booleans, also as osquery takes them: the texts true, t, false and f in any case, and numbers (0 is false). */
export const flexibleBoolean: z.ZodType<boolean> = coerced('true or false', (value) => {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value !== 'string') return undefined;
  if (/^(true|t)$/i.test(value)) return true;
  return /^(false|f)$/i.test(value) ? false : undefined;
});

/** Whole numbers within bounds, also as decimal text. */
export const wholeNumber = (least: number, most: number, words: string): z.ZodType<number> =>
  coerced(words, (value) => {
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    const fits = Number.isSafeInteger(number) && Number(number) >= least && Number(number) <= most;
    return fits ? Number(number) : undefined;
  });
