import { createInterface, type Interface } from 'node:readline';
import type { Completions } from './completion.ts';
import type { KeyGate } from './key-gate.ts';

/** What became of a prompt. `over`: the person wants to leave, or is gone. */
export type Typed =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'interrupted'; readonly wasEmpty: boolean }
  | { readonly kind: 'over' };

/** How the editor is set up. */
export interface EditorOptions {
  /** Newest first. */
  readonly history: readonly string[];
  readonly historyLines: number;
  /** Must not reject. */
  readonly complete: (line: string) => Promise<Completions>;
  /** Called after each new line, newest first. */
  readonly remember: (history: readonly string[]) => void;
}

/** Edits lines on a terminal, one prompt after the other. */
export class LineEditor {
  readonly #gate: KeyGate;
  readonly #output: NodeJS.WritableStream;
  readonly #reader: Interface;
  #settle: ((typed: Typed) => void) | undefined;
  #over = false;

  constructor(gate: KeyGate, output: NodeJS.WritableStream, options: EditorOptions) {
    this.#gate = gate;
    this.#output = output;
    this.#reader = createInterface({
      input: gate.lines,
      output,
      terminal: true,
      // Node shortens a history only by what is added to it.
      history: options.history.slice(0, options.historyLines),
      historySize: options.historyLines,
      removeHistoryDuplicates: true,
      completer: (line, done) =>
        void options.complete(line).then(([candidates, word]) => done(null, [[...candidates], word])),
    });
    this.#reader.on('history', (history) => options.remember(history));
    this.#reader.on('line', (text) => this.#done({ kind: 'line', text }));
    this.#reader.on('SIGINT', () => this.#interrupt());
    this.#reader.once('close', () => {
      this.#over = true;
      this.#done({ kind: 'over' });
    });
  }

  /** Prompts and waits for one line. */
  read(prompt: string): Promise<Typed> {
    if (this.#over) return Promise.resolve({ kind: 'over' });
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#reader.setPrompt(prompt);
      this.#reader.prompt();
      this.#gate.openForLine();
    });
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.#reader.close();
  }

  #interrupt(): void {
    const wasEmpty = this.#reader.line === '';
    this.#reader.write(null, { ctrl: true, name: 'e' });
    this.#reader.write(null, { ctrl: true, name: 'u' });
    this.#output.write('^C\n');
    this.#done({ kind: 'interrupted', wasEmpty });
  }

  #done(typed: Typed): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(typed);
  }
}
