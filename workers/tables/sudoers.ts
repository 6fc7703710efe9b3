import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, type Table, text } from '../../protocol/table.ts';
import { withoutLastSlashes } from '../parsers/path-parts.ts';
import { parseSudoers } from '../parsers/sudoers.ts';

/** How deep files may include each other (sudoers(5)). */
const maxNesting = 128;

/**
 * A rule for a number (`#1000`) is shown, which osquery takes for a comment. A comment that ends with a backslash does not
 * hide the line below it, and an include is followed in all forms that sudo knows.
 */
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
  for (const { header, rule_details, reads } of parseSudoers(walk.files.readText(source) ?? '')) {
    yield { source, header, rule_details };
    if (reads === undefined) continue;
    const path = besides(source, withHostName(walk.files, reads.path));
    const included = reads.kind === 'file' ? [path] : filesIn(walk.files, path);
    for (const each of included) yield* linesOf(walk, each, level + 1);
  }
  return undefined;
}

/** `%h` stands for the name of the host up to its first dot. */
const withHostName = (files: HostFiles, path: string): string =>
  path.replaceAll('%h', () => /^[^.\s]*/.exec(files.readText('/proc/sys/kernel/hostname') ?? '')?.[0] ?? '');

/** A path that is not absolute is meant from the directory of the file that names it. */
const besides = (source: string, path: string): string =>
  path.startsWith('/') ? path : `${source.slice(0, source.lastIndexOf('/'))}/${path}`;

/** Files of an included directory in sudo's order; names with a dot or a final `~` are spare copies to sudo. */
const filesIn = (files: HostFiles, directory: string): string[] =>
  (files.list(directory) ?? [])
    .filter((name) => !name.includes('.') && !name.endsWith('~'))
    .toSorted()
    .map((name) => `${withoutLastSlashes(directory)}/${name}`);
