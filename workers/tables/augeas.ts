import { defineTable, type Table, text } from '../../protocol/table.ts';
import { type AugeasNode, augeasReaders } from '../parsers/augeas-tree.ts';

const known = Object.keys(augeasReaders);

/**
 * Augeas reads hundreds of formats by its lenses, and there is no Augeas for JavaScript. Here are those that hold no table
 * of their own or that are asked for most; others give no rows, and a warning.
 */
export const augeas: Table = defineTable({
  name: 'augeas',
  description: `Configuration files as trees, of these files alone: ${known.join(', ')}.`,
  aliases: ['configurations'],
  columns: {
    node: text({ index: true }),
    value: text(),
    label: text(),
    path: text({ additional: true }),
  },
  *generate(query) {
    const asked = query.equals('path');
    const unread = asked?.filter((path) => !known.includes(path)) ?? [];
    if (unread.length > 0) query.warn(`augeas reads only ${known.join(', ')}, not ${unread.join(', ')}`);
    for (const path of known.filter((each) => asked === undefined || asked.includes(each))) {
      const content = query.files.readText(path);
      if (content === undefined) continue;
      const children = augeasReaders[path]?.(content) ?? [];
      const file: AugeasNode = { label: path.slice(path.lastIndexOf('/') + 1), value: '', children };
      for (const row of rowsOf(`/files${path}`, file)) yield { ...row, path };
    }
  },
});

/** A node and all below it. Nodes of one label beside each other are told apart by numbers from 1. */
function* rowsOf(
  path: string,
  { label, value, children }: AugeasNode,
): Generator<{ readonly node: string; readonly value: string; readonly label: string }> {
  yield { node: path, value, label };
  const counts = new Map<string, number>();
  for (const child of children) counts.set(child.label, (counts.get(child.label) ?? 0) + 1);
  const seen = new Map<string, number>();
  for (const child of children) {
    const number = (seen.get(child.label) ?? 0) + 1;
    seen.set(child.label, number);
    const isAlone = counts.get(child.label) === 1;
    yield* rowsOf(`${path}/${child.label}${isAlone ? '' : `[${number}]`}`, child);
  }
}
