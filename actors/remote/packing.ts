import { fail, ok, type Result } from '../../protocol/result.ts';
import { Ref } from '../ref.ts';
import { parseJson, type Violation } from './parse.ts';
import { messageBounds, type WireRef } from './wire.ts';

/** A ref in a message and the keys that lead to it. */
export interface PlacedRef {
  readonly ref: Ref;
  readonly place: readonly (string | number)[];
}

/** A message as text, in which each ref is its path. */
export interface Packed {
  readonly text: string;
  /** Length of the text in UTF-8. */
  readonly bytes: number;
  readonly refs: readonly PlacedRef[];
}

const noRefs: readonly PlacedRef[] = [];

/**
 * Makes a text of a message. What JSON would change or leave out in silence is refused: who receives a message sees
 * what was sent or nothing.
 */
export const pack = (message: unknown): Result<Packed, 'not_portable' | 'too_large'> => {
  const survey = new Survey();
  if (!survey.isPortable(message, 0)) return fail('not_portable');
  let text: string;
  try {
    text = JSON.stringify(message);
  } catch {
    // All else was looked at: the text would be longer than a string can be.
    return fail('too_large');
  }
  return ok({
    text,
    bytes: Buffer.byteLength(text),
    refs: survey.hasRefs ? placedRefs(message) : noRefs,
  });
};

/** Looks over a message for what cannot travel. */
class Survey {
  hasRefs = false;
  #values = 0;

  isPortable(value: unknown, depth: number): boolean {
    // Too many or too deep is also what a message looks like that contains itself.
    this.#values += 1;
    if (this.#values > messageBounds.values) return false;
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return true;
      case 'number':
        return Number.isFinite(value);
      case 'object':
        return value === null || this.#isPortableObject(value, depth);
      case 'undefined':
      case 'bigint':
      case 'symbol':
      case 'function':
        return false;
    }
  }

  #isPortableObject(value: object, depth: number): boolean {
    if (depth === messageBounds.depth) return false;
    // A container that is empty counts for its inside too, so that the other end does not count more.
    this.#values += 1;
    if (Array.isArray(value)) return this.#areItems(value, depth + 1);
    if (isPlain(value)) return this.#areProperties(value, depth + 1);
    this.hasRefs ||= value instanceof Ref;
    return value instanceof Ref;
  }

  #areItems(items: readonly unknown[], depth: number): boolean {
    for (let index = 0; index < items.length; index += 1) {
      if (!this.isPortable(items[index], depth)) return false;
    }
    return true;
  }

  #areProperties(value: Properties, depth: number): boolean {
    for (const key in value) {
      const property = value[key];
      if (property !== undefined && !this.isPortable(property, depth)) return false;
    }
    return true;
  }
}

type Properties = Readonly<Record<string, unknown>>;

const isPlain = (value: object): value is Properties => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** The refs in a message that can travel. Not part of the survey, which most messages pass without any. */
const placedRefs = (message: unknown): readonly PlacedRef[] => {
  const found: PlacedRef[] = [];
  const keys: (string | number)[] = [];
  const search = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (value instanceof Ref) found.push({ ref: value, place: [...keys] });
    else if (Array.isArray(value))
      for (let index = 0; index < value.length; index += 1) enter(value[index], index);
    else for (const key in value) enter((value as Properties)[key], key);
  };
  const enter = (value: unknown, key: string | number): void => {
    keys.push(key);
    search(value);
    keys.pop();
  };
  search(message);
  return found;
};

/** Puts what `toRef` makes of the refs of a message into their places. */
export const unpack = (
  text: Buffer,
  refs: readonly WireRef[],
  toRef: (ref: WireRef, path: string) => unknown,
): Result<unknown, Violation> => {
  const parsed = parseJson(text, messageBounds);
  if (!parsed.ok || refs.length === 0) return parsed;
  const whole = { message: parsed.value };
  for (const ref of refs) {
    const keys: readonly (string | number)[] = ['message', ...ref.place];
    const holder = keys.slice(0, -1).reduce<unknown>(ownProperty, whole);
    const key = keys.at(-1) ?? 'message';
    const path = ownProperty(holder, key);
    if (typeof path !== 'string') return fail('a ref has no place in its message');
    (holder as Record<string | number, unknown>)[key] = toRef(ref, path);
  }
  return ok(whole.message);
};

/** What an object holds itself: a place must not lead to a prototype, which all objects of the process share. */
const ownProperty = (holder: unknown, key: string | number): unknown =>
  typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
    ? (holder as Record<string | number, unknown>)[key]
    : undefined;
