import type { FromDaemon } from '../protocol/control.ts';
import { type Failure, fail, ok, type Result } from '../protocol/result.ts';

const types: ReadonlySet<unknown> = new Set<FromDaemon['type']>([
  'hello',
  'columns',
  'done',
  'status',
  'denials',
  'denylist_changed',
  'why',
  'overrides',
  'reloaded',
  'refused',
]);

/**
 * Reads one message of the daemon. The socket is reachable for its owner alone and both sides have agreed on the
 * version, so the shape behind a known type is the daemon's word; what would break the client at once is checked.
 */
export const parseFromDaemon = (payload: Buffer): Result<FromDaemon, Failure<'not_understood'>> => {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    return fail({ reason: 'not_understood', message: 'the daemon sent something that is not JSON' });
  }
  if (isMessage(value)) return ok(value);
  return fail({ reason: 'not_understood', message: 'the daemon sent a message of an unknown type' });
};

/** The member of a message that must be a list. */
const lists: ReadonlyMap<unknown, string> = new Map<FromDaemon['type'], string>([
  ['columns', 'columns'],
  ['denials', 'denials'],
  ['why', 'queries'],
  ['overrides', 'overrides'],
  ['reloaded', 'problems'],
]);

const isMessage = (value: unknown): value is FromDaemon => {
  if (typeof value !== 'object' || value === null || !('type' in value) || !types.has(value.type))
    return false;
  const list = lists.get(value.type);
  return list === undefined || Array.isArray((value as Record<string, unknown>)[list]);
};
