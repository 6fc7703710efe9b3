import type { CellRow } from '../../protocol/cell.ts';
import type { QueryService } from '../../protocol/control.ts';
import { cellText } from '../../supervisor/cell-text.ts';
import { type CommandIo, complain } from '../command-io.ts';
import { type PrintOptions, runQuery } from '../run-query.ts';
import { isBlank, splitStatements } from './statements.ts';

const help = `.exit [CODE]      leave, with an exit code
.help             show this
.quit             leave
.tables [PREFIX]  list tables
Everything else is SQL, up to a semicolon.
`;

/** Runs what a person types or a script says, one statement after the other. */
export class Shell {
  readonly #service: QueryService;
  readonly #print: PrintOptions;
  readonly #io: CommandIo;
  #pending = '';
  #failed = false;
  #ended: number | undefined;

  constructor(service: QueryService, print: PrintOptions, io: CommandIo) {
    this.#service = service;
    this.#print = print;
    this.#io = io;
  }

  /** True once `.quit` or `.exit` was read. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** True between the lines of a statement. */
  get insideStatement(): boolean {
    return !isBlank(this.#pending);
  }

  /** What `.exit` said; else 1 when any statement failed. */
  get exitCode(): number {
    return this.#ended ?? (this.#failed ? 1 : 0);
  }

  /** Takes one line and runs the statements that it completes. */
  async line(text: string): Promise<void> {
    if (!this.insideStatement && text.startsWith('.')) return this.#command(text);
    const { statements, rest } = splitStatements(`${this.#pending}${text}\n`);
    this.#pending = rest;
    for (const statement of statements) await this.#run(statement);
  }

  /** The input is over: what has no semicolon is run as it stands. */
  async finish(): Promise<void> {
    const rest = this.#pending;
    this.#pending = '';
    if (!this.ended && !isBlank(rest)) await this.#run(rest.trim());
  }

  /** Every table, or those whose name begins with a prefix, as osqueryi lists them. */
  async listTables(prefix = ''): Promise<void> {
    const names: string[] = [];
    const { failure } = await this.#service.query(
      "SELECT name FROM osquery_registry WHERE registry = 'table' ORDER BY name",
      {
        columns: () => undefined,
        rows: (payload) => {
          const rows = JSON.parse(new TextDecoder().decode(payload)) as readonly CellRow[];
          names.push(...rows.map(([name]) => cellText(name ?? null) ?? ''));
        },
      },
    );
    if (failure !== undefined) return this.#fail(failure.message);
    for (const name of names) if (name.startsWith(prefix)) this.#io.out(`  => ${name}\n`);
  }

  async #run(sql: string): Promise<void> {
    if ((await runQuery(this.#service, sql, this.#print, this.#io)) !== 0) this.#failed = true;
  }

  async #command(text: string): Promise<void> {
    const [name = '', argument, ...more] = text.trim().split(/\s+/);
    const code = Number(argument ?? 0);
    if (more.length === 0) {
      if (name === '.tables') return this.listTables(argument);
      if (name === '.help') return this.#io.out(help);
      if (name === '.quit' && argument === undefined) return this.#end(0);
      if (name === '.exit' && Number.isInteger(code) && code >= 0 && code < 256) return this.#end(code);
    }
    this.#fail(`unknown command or invalid arguments:  "${name.slice(1)}". Enter ".help" for help`);
  }

  #end(code: number): void {
    this.#ended = code;
  }

  #fail(message: string): void {
    this.#failed = true;
    complain(this.#io, message);
  }
}
