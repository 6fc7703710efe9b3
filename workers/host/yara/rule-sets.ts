import type { HostFiles } from '../../../protocol/host-files.ts';
import type { Column, TableQuery } from '../../../protocol/table.ts';
import { flagValue } from '../flag-value.ts';
import { type RuleText, YaraRules } from './yara-engine.ts';

/** Columns that say which rules a scan goes by, and what they may tell. */
interface RuleColumns {
  readonly sig_group: Column;
  readonly sigfile: Column;
  readonly sigrule: Column;
  readonly sigurl: Column;
  readonly strings: Column;
}

type RuleQuery<C> = TableQuery<C & RuleColumns & Readonly<Record<string, Column>>>;

/** A set of rules, and the cells of a row that say which. */
export interface RuleSet {
  readonly cells: { readonly sig_group?: string; readonly sigfile?: string; readonly sigrule?: string };
  readonly rules: YaraRules;
  /**
   * Whether `strings` names the places. With rules of a query they show whoever asks what a file holds, so they need the
   * flag `enable_yara_string`; rules that lie on the host are its own.
   */
  readonly showsStrings: boolean;
}

/** Where osquery looks for rule files whose path is no absolute one. */
const home = '/etc/osquery/yara/';
/** Sets of one run. They stay until another run needs some, so that a join compiles each only once. */
const setsMax = 64;

/** What was compiled for the run that has this door. */
let compiled: { readonly files: HostFiles | undefined; readonly rules: Map<string, YaraRules> } = {
  files: undefined,
  rules: new Map(),
};

/**
 * The rules that a statement asks for by `sig_group`, `sigfile` and `sigrule`, compiled. Throws what is wrong with them:
 * without its rules a scan would say that nothing matches.
 */
export const ruleSets = <C>(query: RuleQuery<C>): readonly RuleSet[] => {
  if (query.equals('sigurl') !== undefined) {
    throw new Error(
      'sigurl would download rules, and Leash contacts nobody for them; give them as sigrule, sigfile or sig_group',
    );
  }
  const sets = [
    ...(query.equals('sig_group') ?? []).map((sig_group) => ({
      cells: { sig_group },
      texts: () => groupTexts(query, sig_group),
    })),
    ...(query.equals('sigfile') ?? []).map((sigfile) => ({
      cells: { sigfile },
      texts: () => [fileText(query.files, sigfile)],
    })),
    ...(query.equals('sigrule') ?? []).map((sigrule) => ({
      cells: { sigrule },
      texts: () => [{ from: 'sigrule', text: sigrule }],
    })),
  ];
  if (sets.length === 0) {
    throw new Error(
      'it needs rules, such as: AND sigrule = \'rule shadow { strings: $a = "root:" condition: $a }\', or a sigfile or sig_group',
    );
  }
  const usesStrings = query.uses('strings');
  return sets.map(({ cells, texts }) => ({
    cells,
    rules: rulesOf(query.files, JSON.stringify(cells), texts),
    showsStrings: usesStrings && (!('sigrule' in cells) || flagValue(query, 'enable_yara_string') === 'true'),
  }));
};

const rulesOf = (files: HostFiles, key: string, texts: () => readonly RuleText[]): YaraRules => {
  if (compiled.files !== files) {
    for (const rules of compiled.rules.values()) rules.free();
    compiled = { files, rules: new Map() };
  }
  const known = compiled.rules.get(key);
  if (known !== undefined) return known;
  if (compiled.rules.size >= setsMax) throw new Error(`one query may use ${setsMax} different sets of rules`);
  const made = YaraRules.compile(texts());
  if (!made.ok) throw new Error(made.error.message);
  compiled.rules.set(key, made.value);
  return made.value;
};

const groupTexts = <C>({ askSupervisor, files }: RuleQuery<C>, group: string): readonly RuleText[] => {
  const named = askSupervisor('yara_file').filter(({ sig_group }) => sig_group === group);
  if (named.length === 0)
    throw new Error(`yara.signatures of the config has no group '${group}' with rule files`);
  return named.map(({ sigfile }) => fileText(files, String(sigfile)));
};

const fileText = (files: HostFiles, sigfile: string): RuleText => {
  const path = sigfile.startsWith('/') ? sigfile : home + sigfile;
  const text = files.readText(path);
  if (text === undefined) throw new Error(`the rule file ${path} cannot be read`);
  if (text.startsWith('YARA'))
    throw new Error(`${path} is compiled by yarac(1); only the source of rules is read`);
  return { from: path, text };
};
