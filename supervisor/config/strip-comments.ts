/** A place in a config file as an editor shows it, both from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/** JSON without osquery's comments, and where each of its characters stood. */
export interface StrippedText {
  readonly text: string;
  readonly place: (offset: number) => Place;
}

/** From `offset` of the stripped text on, characters stood at `line`, beginning at `column`. */
interface Segment extends Place {
  readonly offset: number;
}

/**
 * Turns osquery's config dialect into JSON: a backslash before a line end joins the two lines, lines are trimmed,
 * and those that then begin with `#` or `//` are left out. Nothing else is a comment.
 */
export const stripComments = (source: string): StrippedText => {
  const kept: string[] = [];
  const segments: Segment[] = [{ offset: 0, line: 1, column: 1 }];
  const lines = source.split('\n');
  let length = 0;
  for (let last = 0; last < lines.length; last += 1) {
    const first = last;
    const pieces = [lines[first] ?? ''];
    for (let piece = pieces[0]; piece?.endsWith('\\') && last + 1 < lines.length; piece = lines[last]) {
      pieces[pieces.length - 1] = piece.slice(0, -1);
      last += 1;
      pieces.push(lines[last] ?? '');
    }
    const joined = pieces.join('');
    const trimmed = trim(joined);
    if (!/^(#|\/\/)/.test(trimmed)) {
      const leading = trimmed === '' ? 0 : joined.indexOf(trimmed);
      segments.push(...segmentsOf(pieces, first + 1, length, leading));
      kept.push(trimmed);
      length += trimmed.length + 1;
    }
  }
  return { text: kept.join('\n'), place: (offset) => placeOf(segments, offset) };
};

const segmentsOf = (
  pieces: readonly string[],
  firstLine: number,
  base: number,
  leading: number,
): readonly Segment[] => {
  let start = 0;
  return pieces.map((piece, index) => {
    const cut = Math.max(0, leading - start);
    const segment = { offset: base + Math.max(0, start - leading), line: firstLine + index, column: cut + 1 };
    start += piece.length;
    return segment;
  });
};

/** The last segment that begins at or before the offset; segments are in order. */
const placeOf = (segments: readonly Segment[], offset: number): Place => {
  let [low, high] = [0, segments.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.offset ?? 0) <= offset) low = middle;
    else high = middle;
  }
  const segment = segments[low] ?? { offset: 0, line: 1, column: 1 };
  return { line: segment.line, column: segment.column + offset - segment.offset };
};

/** C's white space and no more: a byte order mark must stay and be told. */
const trim = (line: string): string => line.replace(/^[ \t\v\f\r]+/, '').replace(/[ \t\v\f\r]+$/, '');
