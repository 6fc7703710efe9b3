import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, type Table, text } from '../../protocol/table.ts';
import { withoutLastSlashes } from '../parsers/path-parts.ts';
import { parseSudoers } from '../parsers/sudoers.ts';

/** How deep files may include each other (sudoers(5)). */
const maxNesting = 128;

export const sudoers: Table = defineTable({
  name: 'sudoers',
  description: 'Rules and settings of sudo, with those of the files that /etc/sudoers includes.',
  example: "SELECT source, header, rule_details FROM sudoers WHERE rule_details LIKE '%NOPASSWD%';",
  columns: { source: text(), header: text(), rule_details: text() },
  generate: ({ files }) => linesOf({ files, seen: new Set() }, '/etc/sudoers', 1),
});

/** A scan of files that include each other. A file is read once, else files that include each other twice never end. */
interface Walk {
  readonly files: HostFiles;
  readonly seen: Set<string>;
}

interface SudoersRow {
  readonly source: string;
  readonly header: string;
  readonly rule_details: string;
}

function* linesOf(walk: Walk, source: string, level: number): Generator<SudoersRow, undefined> {
  if (level > maxNesting || walk.seen.has(source)) return undefined;
  walk.seen.add(source);
  for (const { kind, header, rule_details } of parseSudoers(walk.files.readText(source) ?? '')) {
    const path = kind === 'rule' ? rule_details : besides(source, rule_details);
    yield { source, header, rule_details: kind === 'include' ? path : rule_details };
    if (kind === 'include') yield* linesOf(walk, path, level + 1);
    if (kind === 'includedir') {
      for (const each of included(walk.files, path)) yield* linesOf(walk, each, level + 1);
    }
  }
  return undefined;
}

/** A path that is not absolute is meant from the directory of the file that names it. */
const besides = (source: string, path: string): string =>
  path.startsWith('/') ? path : `${source.slice(0, source.lastIndexOf('/'))}/${path}`;

/** Files of an included directory in sudo's order; names with a dot or a final `~` are spare copies to sudo. */
const included = (files: HostFiles, directory: string): string[] =>
  (files.list(directory) ?? [])
    .filter((name) => !name.includes('.') && !name.endsWith('~'))
    .toSorted()
    .map((name) => `${withoutLastSlashes(directory)}/${name}`);
