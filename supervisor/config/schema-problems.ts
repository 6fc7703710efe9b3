import * as z from 'zod';
import { nearest } from '../../protocol/nearest.ts';
import type { ConfigFile } from './config-file.ts';
import { type ConfigProblem, showValue } from './problem.ts';

/** A part of a file, checked: its value when nothing is wrong, and everything that is. */
export interface Checked<T> {
  readonly value: T | undefined;
  readonly problems: readonly ConfigProblem[];
}

/** Checks the value at `at` in a file: errors for what the schema refuses, warnings for keys that it does not know. */
export const checkValue = <T>(
  schema: z.ZodType<T>,
  value: unknown,
  file: ConfigFile,
  at: readonly string[],
): Checked<T> => {
  const parsed = schema.safeParse(value);
  const errors = (parsed.error?.issues ?? []).map((issue) => {
    // A refused key of a record is named by its path like a value, and its own wording lies one level down.
    const words = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    const found =
      issue.code === 'invalid_key' ? `'${String(issue.path.at(-1))}'` : showValue(valueAt(value, issue.path));
    return file.problem('error', [...at, ...issue.path], words, found);
  });
  const warnings = unknownKeys(schema, value, []).map(({ path, known }) => {
    const name = path.at(-1) ?? '';
    const near = nearest(name, known);
    const hint = near === undefined ? `one of ${known.join(', ')}` : `did you mean '${near}'?`;
    return file.problem(
      'warning',
      [...at, ...path],
      `a key that Leash knows (${hint})`,
      `'${name}', which is ignored`,
    );
  });
  return { value: parsed.data, problems: [...errors, ...warnings] };
};

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );

interface UnknownKey {
  readonly path: readonly string[];
  readonly known: readonly string[];
}

/** Members of the value that the schema's objects have no key for, at any depth. */
const unknownKeys = (schema: unknown, value: unknown, path: readonly string[]): readonly UnknownKey[] => {
  if (schema instanceof z.ZodOptional) return unknownKeys(schema.unwrap(), value, path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  if (schema instanceof z.ZodRecord) {
    return Object.entries(value).flatMap(([key, inner]) =>
      unknownKeys(schema.valueType, inner, [...path, key]),
    );
  }
  // An object with a catch-all takes any key.
  if (!(schema instanceof z.ZodObject) || schema.def.catchall !== undefined) return [];
  const shape: Readonly<Record<string, unknown>> = schema.shape;
  return Object.entries(value).flatMap(([key, inner]) =>
    Object.hasOwn(shape, key)
      ? unknownKeys(shape[key], inner, [...path, key])
      : [{ path: [...path, key], known: Object.keys(shape) }],
  );
};
