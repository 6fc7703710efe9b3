import type { Clock } from '../../platform/clock.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import type { Flags } from '../../supervisor/config/flags.ts';
import { type CommandIo, complain } from '../command-io.ts';
import type { ResultPrinter } from '../output/printer.ts';
import { printerOf, runInto, runQuery, tellOutcome } from '../run-query.ts';
import { addedTables } from '../schema/added-tables.ts';
import { answerOf } from './answer-of.ts';
import type { ShellAnswerer } from './answerer.ts';
import { metaCommands } from './commands/index.ts';
import { findCommand, type ShellContext } from './meta-command.ts';
import { printOptionsOf, type ShellSettings } from './settings.ts';
import type { Conversation, ShellPerson } from './shell-input.ts';
import { showResult } from './show-result.ts';
import { isBlank, splitStatements } from './statements.ts';
import { wordsOf } from './words.ts';

/** What the shell works with. */
export interface ShellDeps {
  readonly answerer: ShellAnswerer;
  readonly settings: ShellSettings;
  readonly flags: Flags;
  readonly io: CommandIo;
  readonly clock: Clock;
  /** Who looks at the output of a session; undefined for scripts. */
  readonly person: ShellPerson | undefined;
  /** Errors tell the line where their statement begins: for scripts, as SQLite's shell does. */
  readonly tellsLines: boolean;
}

/** How long a person waits for completions. */
const patience_ms = 3_000;

/** Runs what a person types or a script says, one statement after the other. */
export class Shell implements Conversation {
  readonly #deps: ShellDeps;
  readonly #context: ShellContext;
  #pending = '';
  /** Lines read so far, and the one in which the statements that are read begin. */
  #line = 0;
  #firstLine = 0;
  /** What the statements after it are run under. */
  #likePragma = '';
  #failed = false;
  #ended: number | undefined;
  #wantsToLeave = false;

  constructor(deps: ShellDeps) {
    this.#deps = deps;
    const { answerer, settings, flags, io } = deps;
    this.#context = {
      settings,
      flags,
      io,
      answerer,
      run: (sql) => this.#run([sql]),
      ask: async (sql) => {
        const answer = await answerOf(answerer, sql);
        if (answer.ok) return answer.value;
        this.#fail(answer.error.message);
        return undefined;
      },
      print: (names, rows) => {
        const printer = printerOf(printOptionsOf(settings), io);
        printer.columns(names.map((name) => ({ name, type: 'TEXT' })));
        printer.rows(Buffer.from(JSON.stringify(rows)));
        printer.finish();
      },
      get connectedTo() {
        return answerer.connectedTo;
      },
      connect: (path) => answerer.connect(path),
      disconnect: () => answerer.disconnect(),
      end: (code) => {
        this.#ended = code;
      },
      fail: (message) => this.#fail(message),
    };
  }

  /** True once `.quit` or `.exit` was read, or an error in a script was the last straw (`.bail`). */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** What `.exit` said if that is not 0; else 1 when any statement failed. */
  get exitCode(): number {
    return this.#ended || (this.#failed ? 1 : 0);
  }

  /** The lines of the statement so far. */
  get before(): string {
    return this.#pending;
  }

  /**
   * Columns by table of what can be queried beside the built-in tables. A person who waits for a word to be completed waits
   * no longer than a moment: then there are none.
   */
  async addedColumns(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { answerer, clock } = this.#deps;
    const tooLong = new AbortController();
    const timer = clock.after(patience_ms, () => tooLong.abort());
    const added = await addedTables(answerer, { signal: tooLong.signal });
    timer.cancel();
    const tables = added.ok ? added.value : [];
    return new Map(tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]));
  }

  /** osqueryi's prompts. */
  prompt(): string {
    const plain = this.#insideStatement ? '    ...> ' : 'osquery> ';
    return this.#deps.answerer.connectedTo === undefined ? plain : `[*]${plain}`;
  }

  /** Ctrl-C drops what was typed; where nothing was, the second one in a row leaves. */
  interrupted(lineWasEmpty: boolean): 'stay' | 'leave' {
    const nothingTyped = lineWasEmpty && !this.#insideStatement;
    this.#pending = '';
    if (nothingTyped && this.#wantsToLeave) return 'leave';
    this.#wantsToLeave = nothingTyped;
    if (nothingTyped) this.#deps.io.out('Ctrl-C once more leaves.\n');
    return 'stay';
  }

  /** Takes one line, and runs the statements that were begun once it completes the last of them. */
  async line(text: string): Promise<void> {
    this.#wantsToLeave = false;
    this.#line += 1;
    if (!this.#insideStatement) {
      if (text.startsWith('.') && !takesSql.test(text)) return this.#command(text);
      this.#firstLine = this.#line;
    }
    this.#pending += `${text}\n`;
    const { statements, rest } = splitStatements(this.#pending);
    if (!isBlank(rest)) return;
    this.#pending = '';
    await this.#runText(statements);
  }

  /** The input is over: what has no semicolon is run as it stands. */
  async finish(): Promise<void> {
    const { statements, rest } = splitStatements(this.#pending);
    this.#pending = '';
    if (!this.ended) await this.#runText(isBlank(rest) ? statements : [...statements, rest.trim()]);
  }

  #runText(statements: readonly string[]): Promise<void> {
    const [first = ''] = statements;
    if (takesSql.test(first)) return this.#command(first);
    return this.#run(statements, this.#deps.tellsLines ? `near line ${this.#firstLine}: ` : '');
  }

  get #insideStatement(): boolean {
    return !isBlank(this.#pending);
  }

  /**
   * Statements of one text: the first that fails is the last, and in JSON their rows are one array. `place`: where they
   * stand, before what is said of a failure.
   */
  async #run(statements: readonly string[], place = ''): Promise<void> {
    if (statements.length === 0) return;
    const { io, clock, settings } = this.#deps;
    const printer = printerOf(printOptionsOf(settings), io);
    const began_ms = clock.monotonicMs();
    const cpu: CpuTime = { user_ms: 0, system_ms: 0 };
    let code = 0;
    for (const sql of statements) {
      if (settings.echo) io.out(`${sql}\n`);
      const outcome = await this.#show(sql, printer);
      cpu.user_ms += outcome.cost.user_ms;
      cpu.system_ms += outcome.cost.system_ms;
      code = tellOutcome(outcome, io, place);
      if (code !== 0) break;
      if (likePragma.test(sql)) this.#likePragma = `${sql.replace(/;?$/, ';')}\n`;
    }
    if (code === 0) printer.finish();
    else this.#noteFailure();
    if (settings.timer) io.out(timeLine(clock.monotonicMs() - began_ms, cpu));
  }

  /** A script prints with the printer of its text; a person sees each result by itself, page by page. */
  #show(statement: string, printer: ResultPrinter): Promise<QueryOutcome> {
    const { answerer, settings, flags, io, clock, person } = this.#deps;
    const sql = answerer.connectedTo === undefined ? `${this.#likePragma}${statement}` : statement;
    // osquery's planner tells what its xBestIndex and xFilter do; these are the same facts.
    const trace = flags.bool('planner');
    if (person === undefined) return runInto(printer, answerer, sql, { trace });
    const print = printOptionsOf(settings, {
      fit_columns: person.size().columns || undefined,
      colours: io.colours,
    });
    return showResult(person, clock, settings.pager, ({ signal, ...to }) =>
      runQuery(answerer, sql, print, { ...to, outIsTerminal: io.outIsTerminal }, { signal, trace }),
    );
  }

  async #command(text: string): Promise<void> {
    if (this.#deps.settings.echo) this.#deps.io.out(`${text}\n`);
    const [word = '', ...args] = wordsOf(text.slice(1));
    if (word === '') return;
    const command = findCommand(metaCommands, word, args.length);
    if (command !== undefined)
      return command.run(args, this.#context, text.slice(1).trimStart().slice(word.length));
    this.#fail(`unknown command or invalid arguments:  "${word}". Enter ".help" for help`);
  }

  #fail(message: string): void {
    complain(this.#deps.io, message);
    this.#noteFailure();
  }

  #noteFailure(): void {
    this.#failed = true;
    const { settings, person } = this.#deps;
    // Nobody who types is thrown out for a typing error.
    if (settings.bail && person === undefined) this.#ended ??= 1;
  }
}

/** The command whose argument ends with a semicolon, on whatever line. */
const takesSql = /^\.types\s+\S/;

/** The one setting that a statement can leave to those after it; here each is a query of its own. */
const likePragma = /^\s*pragma\s+(?:\w+\s*\.\s*)?case_sensitive_like\s*[=(]/i;

interface CpuTime {
  user_ms: number;
  system_ms: number;
}

/** SQLite's words for it (`real %.3f user %f sys %f`); the CPU time is that of the worker. */
const timeLine = (real_ms: number, { user_ms, system_ms }: CpuTime): string => {
  const seconds = (ms: number, digits: number): string => (ms / 1000).toFixed(digits);
  return `Run Time: real ${seconds(real_ms, 3)} user ${seconds(user_ms, 6)} sys ${seconds(system_ms, 6)}\n`;
};
