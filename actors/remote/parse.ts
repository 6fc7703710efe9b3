import { isWithinJsonBounds, type JsonBounds } from '../../protocol/json-bounds.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import {
  type Address,
  type ControlMessage,
  maxErrorText_length,
  maxId,
  maxName_length,
  type Space,
  spaces,
  type WireReason,
  type WireRef,
} from './wire.ts';

/** What the other end sent that it must not send, in words. */
export type Violation = string;

/** Deeper is no control message; the widest has nine values. */
const controlBounds: JsonBounds = { depth: 3, values: 32 };

/** Parses bytes after a look at how large they are inside. */
export const parseJson = (bytes: Buffer, bounds: JsonBounds): Result<unknown, Violation> => {
  if (!isWithinJsonBounds(bytes, bounds)) return fail('a JSON text is too deep or has too many values');
  try {
    return ok(JSON.parse(bytes.toString()));
  } catch {
    return fail('a JSON text is none');
  }
};

type Parts = Readonly<Record<string, unknown>>;

export const parseControl = (bytes: Buffer): Result<ControlMessage, Violation> => {
  const parsed = parseJson(bytes, controlBounds);
  if (!parsed.ok) return parsed;
  const message = isRecord(parsed.value) ? control(parsed.value) : undefined;
  return message === undefined ? fail('a control message is none that is known') : ok(message);
};

const control = (parts: Parts): ControlMessage | undefined => {
  const { type, id, from } = parts;
  switch (type) {
    case 'hello': {
      const { protocol, version, build, maxMessage_bytes } = parts;
      if (protocol !== 'leash-actors' || !isId(version) || !isName(build) || !isId(maxMessage_bytes)) return;
      return { type, protocol, version, build, maxMessage_bytes };
    }
    case 'introduce':
      return isId(id) && isName(parts.path) ? { type, id, path: parts.path } : undefined;
    case 'bind':
      return isId(id) && isName(parts.name) ? { type, id, name: parts.name } : undefined;
    case 'watch':
      return isId(id) ? { type, id } : undefined;
    case 'ended': {
      const of = address(parts.of);
      const why = reason(parts.reason);
      if (of === undefined || of.space === 'reply' || why === undefined) return;
      return { type, of, reason: why };
    }
    case 'link':
    case 'unlink': {
      const to = address(parts.to);
      return to && isId(from) ? { type, to, from } : undefined;
    }
    case 'stop': {
      const to = address(parts.to);
      return to && isName(from) ? { type, to, from } : undefined;
    }
    case 'kill': {
      const to = address(parts.to);
      return to && { type, to };
    }
    default:
      return;
  }
};

/** The list of refs of a message; its bounds follow from those of the message. */
export const parseRefs = (bytes: Buffer, bounds: JsonBounds): Result<readonly WireRef[], Violation> => {
  const parsed = parseJson(bytes, bounds);
  if (!parsed.ok) return parsed;
  const refs = Array.isArray(parsed.value) ? parsed.value.map(wireRef) : [undefined];
  return refs.every((ref) => ref !== undefined) ? ok(refs) : fail('a list of refs is none');
};

const wireRef = (value: unknown): WireRef | undefined => {
  const at = address(value);
  if (at === undefined || !isRecord(value)) return;
  const { whose, place } = value;
  if (whose !== 'mine' && whose !== 'yours' && whose !== 'nobodys') return;
  return Array.isArray(place) && place.every(isKey) ? { ...at, whose, place } : undefined;
};

const address = (value: unknown): Address | undefined => {
  if (!isRecord(value)) return;
  const { space, id } = value;
  return isSpace(space) && isId(id) ? { space, id } : undefined;
};

const reason = (value: unknown): WireReason | undefined => {
  if (!isRecord(value)) return;
  const { kind, name, message } = value;
  switch (kind) {
    case 'normal':
    case 'shutdown':
    case 'killed':
    case 'no_such_actor':
    case 'noconnection':
      return { kind };
    case 'crashed':
      return isErrorText(name) && isErrorText(message) ? { kind, name, message } : undefined;
    default:
      return;
  }
};

const isRecord = (value: unknown): value is Parts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSpace = (value: unknown): value is Space => spaces.some((space) => space === value);

const isId = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= maxId;

const isKey = (value: unknown): value is string | number => typeof value === 'string' || isId(value);

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= maxName_length;

const isErrorText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= maxErrorText_length;
