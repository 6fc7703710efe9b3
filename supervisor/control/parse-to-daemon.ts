import * as z from 'zod';
import { budgetNames } from '../../protocol/budget.ts';
import type { ToDaemon } from '../../protocol/control.ts';
import type { Limits } from '../../protocol/limits.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';

/** Longest denial that an operator may ask for: a year. */
const longestDenial_ms = 365 * 86_400_000;

const limits = z.strictObject(
  Object.fromEntries(budgetNames.map((name) => [name, z.number().optional()])),
) as z.ZodType<Limits>;

const schema: z.ZodType<ToDaemon> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), protocolVersion: z.int() }),
  z
    .strictObject({ type: z.literal('query'), sql: z.string(), trace: z.literal(true).optional() })
    .transform(({ trace, ...message }) => (trace === undefined ? message : { ...message, trace })),
  z.strictObject({ type: z.literal('cancel') }),
  z.strictObject({ type: z.literal('status') }),
  z.strictObject({ type: z.literal('denylist_list') }),
  z.strictObject({ type: z.literal('why'), name: z.string() }),
  z
    .strictObject({ type: z.literal('denylist_clear'), name: z.string().optional() })
    .transform(({ type, name }) => (name === undefined ? { type } : { type, name })),
  z.strictObject({
    type: z.literal('denylist_add'),
    name: z.string(),
    for_ms: z.number().positive().max(longestDenial_ms),
  }),
  // What is wrong with the values is told by whoever knows the query.
  z
    .strictObject({
      type: z.literal('limit_set'),
      name: z.string(),
      limits,
      for_ms: z.number(),
      uid: z.int().nonnegative().optional(),
    })
    .transform(({ uid, ...message }) => (uid === undefined ? message : { ...message, uid })),
  z.strictObject({ type: z.literal('limit_clear'), name: z.string() }),
  z.strictObject({ type: z.literal('limit_list') }),
  z.strictObject({ type: z.literal('reload') }),
]);

/** Reads one request of a client; what does not fit is refused with the reason. */
export const parseToDaemon = (payload: Buffer): Result<ToDaemon, Failure<'not_json' | 'not_a_request'>> => {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    return fail({ reason: 'not_json', message: 'a request is not JSON' });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  return fail({
    reason: 'not_a_request',
    message: `a request is not understood: ${z.prettifyError(parsed.error)}`,
  });
};
