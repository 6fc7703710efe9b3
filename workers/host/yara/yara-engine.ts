import { Compiler, initSync, type Rules, type Scanner } from '@virustotal/yara-x';
import { readYaraWasm } from '../../../platform/node/wasm-files.ts';
import { type Failure, fail, ok, type Result } from '../../../protocol/result.ts';
import { withMemoryCap } from './capped-memory.ts';
import { ruleError } from './rule-error.ts';

/** A place where a string of a rule was found. */
export interface FoundString {
  /** With its `$`; `$` alone for a string without a name. */
  readonly identifier: string;
  readonly offset_bytes: number;
}

/** A rule that matches. */
export interface MatchingRule {
  readonly identifier: string;
  readonly tags: readonly string[];
  /** In the order of the rule, without its private strings. */
  readonly strings: readonly FoundString[];
}

/** Where rules come from, for the sentence about one that is wrong, and their text. */
export interface RuleText {
  readonly from: string;
  readonly text: string;
}

/** What a scan answers, of which only this is used. */
interface ScanAnswer {
  readonly matches: readonly {
    readonly identifier: string;
    readonly isPrivate: boolean;
    readonly tags: readonly string[];
    readonly patterns: readonly {
      readonly identifier: string;
      readonly isPrivate: boolean;
      readonly matches: readonly { readonly offset: number }[];
    }[];
  }[];
}

/** Room for the largest file that is scanned, a large set of rules, and what a scan notes of them. */
const memoryMax_bytes = 160 * 1024 * 1024;
/**
 * A string that occurs at every byte costs 8 microseconds and 40 bytes an occurrence; YARA's own limit, a million, would
 * take a run's whole budget for one file. Rules that count (`#a > n`) count to this.
 */
const matchesMax = 100_000;

let isStarted = false;

/**
 * Starts YARA-X when rules are compiled first: 100 ms and 25 MB that no other query pays for. Its WebAssembly has no way
 * to anything but the clock.
 */
const start = (): void => {
  if (isStarted) return;
  initSync({ module: new WebAssembly.Module(withMemoryCap(readYaraWasm(), memoryMax_bytes)) });
  isStarted = true;
};

/** Rules, compiled. They take memory until they are freed. */
export class YaraRules {
  readonly #rules: Rules;
  readonly #scanner: Scanner;

  private constructor(rules: Rules) {
    this.#rules = rules;
    this.#scanner = rules.scanner();
    this.#scanner.setMaxMatchesPerPattern(matchesMax);
  }

  /** Compiles texts as one set of rules: they see each other, and no two may have the same name. */
  static compile(texts: readonly RuleText[]): Result<YaraRules, Failure<'broken_rule'>> {
    return trapped(() => {
      start();
      // Not freed after a trap: what is left then can be trusted with nothing.
      const compiler = new Compiler();
      const made = compiled(compiler, texts);
      compiler.free();
      return made.ok ? ok(new YaraRules(made.value)) : made;
    });
  }

  /** The rules that match, in their order, without private ones. Runs as long as it takes: only a kill ends it early. */
  scan(bytes: Uint8Array): readonly MatchingRule[] {
    const { matches } = trapped(() => this.#scanner.scan(bytes) as ScanAnswer);
    return matches
      .filter(({ isPrivate }) => !isPrivate)
      .map(({ identifier, tags, patterns }) => ({
        identifier,
        tags,
        strings: patterns.filter((pattern) => !pattern.isPrivate).flatMap(placesOf),
      }));
  }

  free(): void {
    this.#scanner.free();
    this.#rules.free();
  }
}

const placesOf = ({
  identifier,
  matches,
}: ScanAnswer['matches'][number]['patterns'][number]): FoundString[] =>
  matches.map(({ offset }) => ({ identifier, offset_bytes: offset }));

const compiled = (compiler: Compiler, texts: readonly RuleText[]): Result<Rules, Failure<'broken_rule'>> => {
  for (const { from, text } of texts) {
    const refused = refusal(() => compiler.addSource(text));
    if (refused !== undefined)
      return fail({ reason: 'broken_rule', message: `${from} has a broken rule: ${ruleError(refused)}` });
  }
  return ok(compiler.build());
};

/** What the compiler says against a text; undefined when it takes it. */
const refusal = (add: () => void): string | undefined => {
  try {
    add();
    return undefined;
  } catch (error) {
    if (isTrap(error) || !(error instanceof Error)) throw error;
    return error.message;
  }
};

/** Out of memory, out of stack, or a fault of the library: WebAssembly ends where it stands, and its state is void. */
const isTrap = (error: unknown): error is Error =>
  error instanceof WebAssembly.RuntimeError || error instanceof RangeError;

/** Runs what may trap. A trap goes on as one, whatever it was, so that this process serves no further query. */
const trapped = <T>(call: () => T): T => {
  try {
    return call();
  } catch (error) {
    if (!isTrap(error)) throw error;
    throw new WebAssembly.RuntimeError(
      `YARA broke down (${error.message}): rules or file take more memory or depth than it has`,
      { cause: error },
    );
  }
};
