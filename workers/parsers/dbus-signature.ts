/** How deep arrays, and structs, may lie in each other (D-Bus specification, "Valid Signatures"). */
const depthMax = 32;
const basic = 'ybnqiuxtdsogh';

/** Splits a signature into the complete types that stand one after another; undefined when it is none. */
export const completeTypes = (signature: string): readonly string[] | undefined => {
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    const end = typeEnd(signature, at, 0, 0);
    if (end === undefined) return undefined;
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
};

/** Where the complete type that begins at `at` ends. A struct has members, and a dictionary's entry is in an array. */
const typeEnd = (signature: string, at: number, arrays: number, structs: number): number | undefined => {
  const code = signature.charAt(at);
  if (code === '' || arrays > depthMax || structs > depthMax) return undefined;
  if (basic.includes(code) || code === 'v') return at + 1;
  if (code === '(') return membersEnd(signature, at + 1, ')', arrays, structs + 1);
  if (code !== 'a') return undefined;
  if (signature.charAt(at + 1) !== '{') return typeEnd(signature, at + 1, arrays + 1, structs);
  if (!basic.includes(signature.charAt(at + 2) || ' ')) return undefined;
  const end = typeEnd(signature, at + 3, arrays + 1, structs + 1);
  return end !== undefined && signature.charAt(end) === '}' ? end + 1 : undefined;
};

const membersEnd = (
  signature: string,
  from: number,
  close: string,
  arrays: number,
  structs: number,
): number | undefined => {
  let at: number | undefined = from;
  do {
    at = typeEnd(signature, at, arrays, structs);
    if (at === undefined) return undefined;
  } while (signature.charAt(at) !== close);
  return at + 1;
};

/** Boundaries that values of each type begin at ("Summary of D-Bus Marshalling"). */
const alignments: Readonly<Record<string, number>> = {
  ...{ y: 1, g: 1, v: 1, n: 2, q: 2, b: 4, i: 4, u: 4, s: 4, o: 4, a: 4, h: 4 },
  ...{ x: 8, t: 8, d: 8, '(': 8, '{': 8 },
};

/** The boundary, in bytes from the message's beginning, that a value of this type begins at. */
export const alignmentOf = (type: string): number => alignments[type.charAt(0)] ?? 1;
