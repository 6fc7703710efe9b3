import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, type Table, text } from '../../protocol/table.ts';
import { directoryOf, isMember, type KnownFiles, knownFiles } from '../parsers/augeas/known-files.ts';
import { type AugeasNode, readTree } from '../parsers/augeas/lens.ts';
import { stepOf } from '../parsers/augeas/node-path.ts';

const known = knownFiles.map(({ path }) => path).join(', ');

/**
 * Augeas reads hundreds of formats by its lenses, and there is no Augeas for JavaScript. Here are those that are asked for
 * most, with the trees that its lenses make of them; others give no rows, and a warning. So does a file that its lens does
 * not read to the end: Augeas has no tree of it, and half of one would pass for the whole. The row of the file itself is
 * there however it is asked for; osquery leaves it out where `path` is constrained.
 */
export const augeas: Table = defineTable({
  name: 'augeas',
  description: `Configuration files as trees, of these files alone: ${known}.`,
  example: "SELECT path, label, value FROM augeas WHERE path = '/etc/ssh/sshd_config' AND value <> '';",
  aliases: ['configurations'],
  columns: {
    node: text({ index: true }),
    value: text(),
    label: text(),
    path: text({ additional: true }),
  },
  *generate(query) {
    const asked = query.equals('path');
    const nodes = query.equals('node');
    const unread = asked?.filter((path) => !knownFiles.some((files) => covers(files, path))) ?? [];
    if (unread.length > 0) query.warn(`augeas reads only ${known}, not ${unread.join(', ')}`);
    for (const files of knownFiles) {
      for (const path of pathsOf(files, query.files, asked)) {
        if (nodes !== undefined && !nodes.some((node) => `${node}/`.startsWith(`${rootOf(path)}/`))) continue;
        const content = query.files.readText(path);
        if (content === undefined) continue;
        const tree = readTree(files.lens, content);
        if (tree.ok) for (const row of rowsOf(path, tree.value)) yield row;
        else query.warn(`augeas has no rows of ${path}: ${tree.error.message}`);
      }
    }
  },
});

/** Whether a path is one of the files. */
const covers = (files: KnownFiles, path: string): boolean => {
  const directory = directoryOf(files);
  if (directory === undefined) return path === files.path;
  const name = path.slice(directory.length + 1);
  return path === `${directory}/${name}` && !name.includes('/') && isMember(files, name);
};

/** The paths of those of the files that were asked for, else of all that are there. */
const pathsOf = (
  files: KnownFiles,
  door: HostFiles,
  asked: readonly string[] | undefined,
): readonly string[] => {
  if (asked !== undefined) return asked.filter((path) => covers(files, path));
  const directory = directoryOf(files);
  if (directory === undefined) return [files.path];
  const members = (door.list(directory) ?? []).filter((name) => isMember(files, name));
  return members.toSorted().map((name) => `${directory}/${name}`);
};

const rootOf = (path: string): string => `/files${path.split('/').map(stepOf).join('/')}`;

interface AugeasRow {
  readonly node: string;
  readonly value: string;
  readonly label: string;
  readonly path: string;
}

/** The node of a file and all below it, in the order of Augeas’ `//*`: the children of a node before any grandchild. */
function* rowsOf(path: string, nodes: readonly AugeasNode[]): Generator<AugeasRow> {
  yield { node: rootOf(path), value: '', label: path.slice(path.lastIndexOf('/') + 1), path };
  yield* rowsBelow(path, rootOf(path), nodes);
}

function* rowsBelow(path: string, parent: string, nodes: readonly AugeasNode[]): Generator<AugeasRow> {
  const steps = stepsOf(nodes);
  for (const [index, { label, value }] of nodes.entries()) {
    yield { node: `${parent}/${steps[index]}`, value, label, path };
  }
  for (const [index, { children }] of nodes.entries()) {
    if (children.length > 0) yield* rowsBelow(path, `${parent}/${steps[index]}`, children);
  }
}

/** Steps to nodes beside each other. Those of one label are told apart by numbers from 1. */
const stepsOf = (nodes: readonly AugeasNode[]): readonly string[] => {
  const counts = new Map<string, number>();
  for (const { label } of nodes) counts.set(label, (counts.get(label) ?? 0) + 1);
  const seen = new Map<string, number>();
  return nodes.map(({ label }) => {
    const number = (seen.get(label) ?? 0) + 1;
    seen.set(label, number);
    return counts.get(label) === 1 ? stepOf(label) : `${stepOf(label)}[${number}]`;
  });
};
