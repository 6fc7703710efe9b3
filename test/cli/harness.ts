import type { CommandIo } from '../../cli/command-io.ts';
import type { Openers } from '../../cli/query-service.ts';
import type { ShellInput } from '../../cli/shell/shell-input.ts';
import type { CellRow, ResultColumn } from '../../protocol/cell.ts';
import type { QueryService } from '../../protocol/control.ts';
import { fail, ok } from '../../protocol/result.ts';
import { noCost, type QueryFailure } from '../../protocol/run.ts';

/** An io that keeps what is written. */
export interface RecordedIo extends CommandIo {
  readonly written: { out: string; err: string };
}

export const recordIo = (
  terminal: Partial<Pick<CommandIo, 'outIsTerminal' | 'colours' | 'unicode'>> = {},
): RecordedIo => {
  const written = { out: '', err: '' };
  return {
    written,
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    outIsTerminal: false,
    colours: false,
    unicode: false,
    columns: () => (terminal.outIsTerminal === true ? 60 : undefined),
    ...terminal,
  };
};

export const columnsOf = (...names: readonly string[]): readonly ResultColumn[] =>
  names.map((name) => ({ name, type: 'TEXT' }));

export const payloadOf = (rows: readonly CellRow[]): Uint8Array => Buffer.from(JSON.stringify(rows));

/** What a stand-in for a daemon or an embedded supervisor answers to one statement. */
export interface Answer {
  readonly columns?: readonly string[];
  /** Rows, in the batches in which they arrive. */
  readonly batches?: readonly (readonly CellRow[])[];
  readonly failure?: QueryFailure;
  readonly warnings?: readonly string[];
}

/** A service that answers from a table of statements and keeps what it was asked. */
export interface FakeService extends QueryService {
  readonly asked: string[];
  closed: boolean;
}

export const fakeService = (answers: Readonly<Record<string, Answer>>): FakeService => {
  const service: FakeService = {
    asked: [],
    closed: false,
    query: async (sql, listener) => {
      service.asked.push(sql);
      const answer = answers[sql.replace(/;$/, '')];
      if (answer === undefined) {
        const failure = { reason: 'sql_error', message: `near "${sql}": syntax error` } as const;
        return { failure, cost: noCost, warnings: [] };
      }
      if (answer.columns !== undefined) listener.columns(columnsOf(...answer.columns));
      for (const batch of answer.batches ?? []) listener.rows(payloadOf(batch));
      const { failure, warnings = [] } = answer;
      return { ...(failure === undefined ? {} : { failure }), cost: noCost, warnings };
    },
    close: async () => {
      service.closed = true;
    },
  };
  return service;
};

/** Nobody listens anywhere; queries are answered in this process. */
export const embeddedOnly = (service: QueryService): Openers => ({
  connect: async (path) => fail({ reason: 'no_daemon', message: `no daemon answers at ${path}` }),
  connectManager: async (path) => fail({ reason: 'no_listener', message: `nobody listens at ${path}` }),
  startEmbedded: async () => ok(service),
  usualControls: ['/nowhere/control.sock'],
});

/** An input that holds these lines; prompts are kept. */
export const linesInput = (lines: readonly string[], prompts: string[] = []): ShellInput => ({
  person: undefined,
  async *lines(conversation) {
    for (const line of lines) {
      prompts.push(conversation.prompt());
      yield line;
    }
    prompts.push(conversation.prompt());
  },
});
