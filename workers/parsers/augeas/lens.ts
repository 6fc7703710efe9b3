import { type Failure, fail, ok, type Result } from '../../../protocol/result.ts';

/** A node of a file as Augeas shows it. */
export interface AugeasNode {
  readonly label: string;
  /** '' where it has none. */
  readonly value: string;
  readonly children: readonly AugeasNode[];
}

/** A label that is a number, counted from 1: through the file under the name of a sequence, or in its node alone. */
interface NumberLabel {
  readonly sequence: string | undefined;
}

/** A node whose number is not yet known: a part that was read may still turn out to belong to nothing. */
interface Draft {
  readonly label: string | NumberLabel;
  readonly value: string;
  readonly children: readonly Draft[];
}

/** What a lens took: up to where, and what of it is told of the node around it. */
interface Taken {
  readonly end: number;
  readonly label?: string | NumberLabel;
  readonly value?: string;
  readonly nodes: readonly Draft[];
}

/**
 * A piece of a format: reads text from an offset on, or gives undefined where its piece does not stand there. The words are
 * those of Augeas (its language of lenses), in the one direction that a reader needs. An alternative is the first that
 * fits and a repetition takes what it can, so that no text takes longer than its length by a small factor.
 */
export type Lens = (text: string, at: number) => Taken | undefined;

const matcher = (pattern: RegExp): ((text: string, at: number) => string | undefined) => {
  const sticky = new RegExp(pattern.source, `${pattern.flags}y`);
  return (text, at) => {
    sticky.lastIndex = at;
    return sticky.exec(text)?.[0];
  };
};

/** Text that leaves no trace in the tree. */
export const skip = (pattern: RegExp): Lens => {
  const match = matcher(pattern);
  return (text, at) => {
    const found = match(text, at);
    return found === undefined ? undefined : { end: at + found.length, nodes: [] };
  };
};

/** Text that is the value of the node, as `shown` shows it. */
export const store = (pattern: RegExp, shown: (value: string) => string = (value) => value): Lens => {
  const match = matcher(pattern);
  return (text, at) => {
    const found = match(text, at);
    return found === undefined ? undefined : { end: at + found.length, value: shown(found), nodes: [] };
  };
};

/** Text that is the label of the node. */
export const key = (pattern: RegExp): Lens => {
  const match = matcher(pattern);
  return (text, at) => {
    const found = match(text, at);
    return found === undefined ? undefined : { end: at + found.length, label: found, nodes: [] };
  };
};

/** Labels the node without text. */
export const label =
  (name: string): Lens =>
  (_, at) => ({ end: at, label: name, nodes: [] });

/** Labels the node with the next number of a sequence; without a name the sequence is that of the node around it. */
export const number =
  (sequence?: string): Lens =>
  (_, at) => ({ end: at, label: { sequence }, nodes: [] });

/** Parts one after the other. */
export const all =
  (...parts: readonly Lens[]): Lens =>
  (text, at) => {
    let taken: Taken = { end: at, nodes: [] };
    for (const part of parts) {
      const next = part(text, taken.end);
      if (next === undefined) return undefined;
      const nodes = next.nodes.length === 0 ? taken.nodes : [...taken.nodes, ...next.nodes];
      taken = { ...taken, ...next, nodes };
    }
    return taken;
  };

/** The first of several that fits. */
export const either =
  (...choices: readonly Lens[]): Lens =>
  (text, at) => {
    for (const choice of choices) {
      const taken = choice(text, at);
      if (taken !== undefined) return taken;
    }
    return undefined;
  };

/** Parts that may be missing together. */
export const maybe = (...parts: readonly Lens[]): Lens => either(all(...parts), all());

/** Parts as often as they stand there, be it never. They hold nodes, and neither a label nor a value. */
export const many = (...parts: readonly Lens[]): Lens => {
  const one = all(...parts);
  return (text, at) => {
    const nodes: Draft[] = [];
    let end = at;
    for (;;) {
      const next = one(text, end);
      if (next === undefined || next.end === end) return { end, nodes };
      for (const node of next.nodes) nodes.push(node);
      end = next.end;
    }
  };
};

/** One or more with a separator between them. */
export const list = (item: Lens, separator: Lens): Lens => all(item, many(separator, item));

/** A node of its own, which its parts label. */
export const node = (...parts: readonly Lens[]): Lens => {
  const inner = all(...parts);
  return (text, at) => {
    const taken = inner(text, at);
    if (taken === undefined) return undefined;
    return {
      end: taken.end,
      nodes: [{ label: taken.label ?? '', value: taken.value ?? '', children: taken.nodes }],
    };
  };
};

/** A node with a label and a value, and perhaps more. */
export const field = (name: string, pattern: RegExp, ...more: readonly Lens[]): Lens =>
  node(label(name), store(pattern), ...more);

/** A node that only says that its text stands there. */
export const flag = (name: string, pattern: RegExp): Lens => node(label(name), skip(pattern));

/** The longest text that is read, in characters: a list of a hundred thousand hosts, and no pattern runs out of stack. */
const maxLength = 4 * 2 ** 20;

/**
 * The tree of a file. As with Augeas one line that its lens does not read leaves the file without a tree, and the last line
 * may lack its end.
 */
export const readTree = (
  lens: Lens,
  content: string,
): Result<readonly AugeasNode[], Failure<'unreadable'>> => {
  if (content.length > maxLength) {
    return fail({ reason: 'unreadable', message: `it is longer than ${maxLength} characters` });
  }
  const text = content === '' || content.endsWith('\n') ? content : `${content}\n`;
  const { end, nodes } = lens(text, 0) ?? { end: 0, nodes: [] };
  if (end === text.length) return ok(numbered(nodes, new Map()));
  const line = text.slice(0, end).split('\n').length;
  return fail({ reason: 'unreadable', message: `what begins in line ${line} is not what the lens reads` });
};

/** Nodes with their numbers, in the order of the text. */
const numbered = (drafts: readonly Draft[], counts: Map<string, number>): readonly AugeasNode[] => {
  let siblings = 0;
  const next = ({ sequence }: NumberLabel): number => {
    if (sequence === undefined) {
      siblings += 1;
      return siblings;
    }
    const count = (counts.get(sequence) ?? 0) + 1;
    counts.set(sequence, count);
    return count;
  };
  return drafts.map(({ label: name, value, children }) => ({
    label: typeof name === 'string' ? name : String(next(name)),
    value,
    children: numbered(children, counts),
  }));
};
