/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Reads JSON (RFC 8259), with or without a byte order mark before it; undefined for text that is none. */
export const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as Json;
  } catch {
    return undefined;
  }
};

/** The value at a path of member names; undefined where there is none. */
export const fieldOf = (json: Json | undefined, ...path: readonly string[]): Json | undefined => {
  let at = json;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, name))
      return undefined;
    at = (at as { readonly [name: string]: Json })[name];
  }
  return at;
};

/** Text at a path; '' where there is none. */
export const textOf = (json: Json | undefined, ...path: readonly string[]): string => {
  const value = fieldOf(json, ...path);
  return typeof value === 'string' ? value : '';
};

/** A whole number at a path; undefined where there is none. */
export const toldInteger = (json: Json | undefined, ...path: readonly string[]): number | undefined => {
  const value = fieldOf(json, ...path);
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : undefined;
};

/** A whole number at a path; 0 where there is none. */
export const integerOf = (json: Json | undefined, ...path: readonly string[]): number =>
  toldInteger(json, ...path) ?? 0;

/** 1 for true at a path, 0 for false; undefined where neither is told. */
export const toldFlag = (json: Json | undefined, ...path: readonly string[]): number | undefined => {
  const value = fieldOf(json, ...path);
  return typeof value === 'boolean' ? Number(value) : undefined;
};

/** 1 for true at a path, else 0. */
export const flagOf = (json: Json | undefined, ...path: readonly string[]): number =>
  fieldOf(json, ...path) === true ? 1 : 0;

/** The items of a list at a path; none where there is no list. */
export const itemsOf = (json: Json | undefined, ...path: readonly string[]): readonly Json[] => {
  const value = fieldOf(json, ...path);
  return Array.isArray(value) ? (value as readonly Json[]) : [];
};

/** The members of an object at a path; none where there is no object. */
export const membersOf = (
  json: Json | undefined,
  ...path: readonly string[]
): readonly (readonly [name: string, value: Json])[] => {
  const value = fieldOf(json, ...path);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
};

/** The texts of a list at a path. */
export const textsOf = (json: Json | undefined, ...path: readonly string[]): readonly string[] =>
  itemsOf(json, ...path).filter((item) => typeof item === 'string');

/** The members of an object at a path that are texts. */
export const textMembersOf = (
  json: Json | undefined,
  ...path: readonly string[]
): readonly { readonly key: string; readonly value: string }[] =>
  membersOf(json, ...path).flatMap(([key, value]) => (typeof value === 'string' ? [{ key, value }] : []));
