import type { ProgramHost } from '../../platform/program-host.ts';
import { parseAutoload } from '../../policies/extension-file/autoload.ts';
import type { ExtensionJudgement, ExtensionRules } from '../../policies/extension-file/judge-extension.ts';
import { checkExtension } from './open-checked.ts';

/** Directories below one that is named, and files in all of them: more is a mistake in the list. */
const deepest = 8;
const mostEntries = 10_000;
/** Extensions that one daemon starts. */
const mostCandidates = 256;

/** A file that `extensions_autoload` stands for. */
export interface Candidate {
  readonly path: string;
  /** Of the autoload file, from 1. */
  readonly line: number;
  readonly judgement: ExtensionJudgement;
}

/** What an autoload file stands for on this host. */
export interface Candidates {
  /** In the order of lines, those of a directory in name order; each path once. */
  readonly candidates: readonly Candidate[];
  /** Sentences for the log, without a full stop. */
  readonly problems: readonly string[];
}

/**
 * The extensions that the text of an autoload file names, each judged: a file as it is, a directory as all files below
 * it whose names end in `.ext`. Links to directories are followed when a line names them, not when one is found.
 */
export const findCandidates = (text: string, host: ProgramHost, rules: ExtensionRules): Candidates => {
  const { lines, problems } = parseAutoload(text);
  const found = new Map<string, number>();
  const said = [...problems];
  for (const { path, line } of lines) {
    const within = filesBelow(host, path);
    if (within.cut) {
      said.push(
        `line ${line}: ${path} has more than ${mostEntries} entries or ${deepest} levels; not all were looked at`,
      );
    }
    for (const file of within.files ?? [path]) if (!found.has(file)) found.set(file, line);
  }
  if (found.size > mostCandidates)
    said.push(`only the first ${mostCandidates} of ${found.size} extensions are looked at`);
  const candidates = [...found].slice(0, mostCandidates).map(([path, line]) => {
    return { path, line, judgement: checkExtension(host, path, rules).judgement };
  });
  return { candidates, problems: said };
};

interface Below {
  /** Undefined: the path is no directory. */
  readonly files: readonly string[] | undefined;
  readonly cut: boolean;
}

const filesBelow = (host: ProgramHost, path: string): Below => {
  const top = host.list(path);
  if (top === undefined) return { files: undefined, cut: false };
  const files: string[] = [];
  const pending = [{ directory: path.replace(/\/+$/, ''), entries: top, depth: 1 }];
  let seen = 0;
  let cut = false;
  for (let level = pending.shift(); level !== undefined; level = pending.shift()) {
    for (const { name, isDirectory } of level.entries) {
      seen += 1;
      if (seen > mostEntries) return { files, cut: true };
      const entry = `${level.directory}/${name}`;
      if (!isDirectory) {
        if (name.endsWith('.ext')) files.push(entry);
      } else if (level.depth < deepest) {
        pending.push({ directory: entry, entries: host.list(entry) ?? [], depth: level.depth + 1 });
      } else cut = true;
    }
  }
  return { files, cut };
};
