import { isWithinJsonBounds } from './json-bounds.ts';
import { type Failure, fail, ok, type Result } from './result.ts';
import { maxScanTraces } from './scan-trace.ts';
import { maxKey_chars, supervisorTables } from './supervisor-tables.ts';
import type { FromWorker } from './worker-messages.ts';

/** A result has at most SQLite's 2,000 columns. */
const maxColumns = 2_000;
const maxWarnings = 1_000;
/** More than a daemon has registrations: 64 by its shared socket and 4 by that of each of 256 extensions. */
const maxExtensions = 1_500;

/**
 * Longest control message of a worker: the names of a result's columns, which for unnamed expressions are their
 * SQL (1 MiB at most), once more for escapes. Rows have frames of their own.
 */
export const maxFromWorkerControl_bytes: number = 2 * 1024 * 1024;
/** The deepest message is `done`: message, waits, list, wait. A wait is four values, a column three. */
const bounds = { depth: 4, values: Math.max(3 * maxColumns, 4 * maxExtensions) + maxWarnings };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a control message of a worker. A worker runs no foreign code, but what it sends was shaped by what it read
 * on the host: the supervisor believes nothing that it did not check.
 */
export const parseFromWorker = (
  payload: Buffer,
): Result<FromWorker, Failure<'too_complex' | 'not_json' | 'not_a_message'>> => {
  if (!isWithinJsonBounds(payload, bounds)) {
    return fail({
      reason: 'too_complex',
      message: `a message has over ${bounds.values} values or is nested over ${bounds.depth} deep`,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    return fail({ reason: 'not_json', message: 'a message is not JSON' });
  }
  if (isFields(value) && isFromWorker(value)) return ok(value as unknown as FromWorker);
  return fail({
    reason: 'not_a_message',
    message: `a message of type ${describeType(value)} has a wrong shape`,
  });
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const describeType = (value: unknown): string =>
  isFields(value) ? String(value.type).slice(0, 40) : typeof value;

const isFromWorker = (message: Fields): boolean => {
  switch (message.type) {
    case 'ready':
      return (
        typeof message.protocolVersion === 'number' &&
        typeof message.buildId === 'string' &&
        typeof message.pid === 'number' &&
        typeof message.startup_ms === 'number'
      );
    case 'columns':
      return typeof message.leaseId === 'string' && isListOf(message.columns, maxColumns, isColumn);
    case 'ask':
      return (
        supervisorTables.some((table) => table === message.table) &&
        (message.key === undefined || (typeof message.key === 'string' && message.key.length <= maxKey_chars))
      );
    case 'config_refused':
      return typeof message.name === 'string' && typeof message.message === 'string';
    case 'needs_net':
      return typeof message.leaseId === 'string' && typeof message.retained_bytes === 'number';
    case 'reads':
      return typeof message.leaseId === 'string' && isListOf(message.uuids, maxExtensions, Number.isInteger);
    case 'waits':
      return typeof message.leaseId === 'string' && isWaits(message.waits);
    case 'done':
      return (
        typeof message.leaseId === 'string' &&
        isCost(message.cost) &&
        typeof message.retained_bytes === 'number' &&
        isListOf(message.warnings, maxWarnings, (warning) => typeof warning === 'string') &&
        (message.waits === undefined || isWaits(message.waits)) &&
        (message.trace === undefined || isListOf(message.trace, maxScanTraces, isScanTrace)) &&
        (message.failure === undefined || isFailure(message.failure))
      );
    default:
      return false;
  }
};

const isListOf = (value: unknown, most: number, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= most && value.every(isItem);

const isColumn = (value: unknown): boolean =>
  isFields(value) && typeof value.name === 'string' && typeof value.type === 'string';

const isFailure = (value: unknown): boolean =>
  isFields(value) && typeof value.reason === 'string' && typeof value.message === 'string';

const isWaits = (value: unknown): boolean =>
  isFields(value) &&
  isListOf(value.extensions, maxExtensions, isWait) &&
  (value.standing === undefined || isStanding(value.standing));

const isWait = (value: unknown): boolean =>
  isStanding(value) && isFields(value) && Number.isInteger(value.calls);

const isStanding = (value: unknown): boolean =>
  isFields(value) && Number.isInteger(value.uuid) && Number.isFinite(value.waited_ms);

const traceNumbers = ['scans', 'rows', 'paths', 'read_bytes', 'wall_ms'];

const isScanTrace = (value: unknown): boolean =>
  isFields(value) &&
  ['table', 'constraints', 'columns'].every((member) => typeof value[member] === 'string') &&
  traceNumbers.every((member) => Number.isFinite(value[member]));

const costMembers = [
  'wall_ms',
  'user_ms',
  'system_ms',
  'memory_bytes',
  'rows',
  'result_bytes',
  'read_bytes',
  'paths',
  'denied_reads',
];

const isCost = (value: unknown): boolean =>
  isFields(value) && costMembers.every((member) => Number.isFinite(value[member]));
