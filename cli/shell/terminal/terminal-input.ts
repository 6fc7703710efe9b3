import type { Conversation, ShellInput, ShellPerson } from '../shell-input.ts';
import type { Completions } from './completion.ts';
import { type Keyboard, KeyGate } from './key-gate.ts';
import { type EditorOptions, LineEditor } from './line-editor.ts';

/** The screen of a terminal. */
export interface Screen extends NodeJS.WritableStream {
  readonly rows?: number;
  readonly columns?: number;
}

/** osqueryi remembers as many. */
const historyLines = 100;

/** What the editor is given when the first line is wanted: reading it takes a moment. */
export type PrepareEditor = () => Promise<
  Pick<EditorOptions, 'history' | 'remember'> & {
    /** `added`: columns by table, of tables beside the built-in ones. */
    readonly complete: (
      before: string,
      line: string,
      added: ReadonlyMap<string, readonly string[]>,
    ) => Completions;
  }
>;

/** Reads lines that a person edits, and asks that person for keys in between. */
export const terminalInput = (keyboard: Keyboard, screen: Screen, prepare: PrepareEditor): ShellInput => {
  const gate = new KeyGate(keyboard);
  const person: ShellPerson = {
    write: (text) => void screen.write(text),
    size: () => ({ rows: screen.rows ?? 0, columns: screen.columns ?? 0 }),
    key: () => gate.nextKey(),
    interruptible: async (work) => {
      const controller = new AbortController();
      const stop = (): void => controller.abort();
      gate.onInterrupt = stop;
      const result = await work(controller.signal, stop);
      gate.onInterrupt = undefined;
      return result;
    },
  };
  async function* lines(conversation: Conversation): AsyncIterable<string> {
    const prepared = await prepare();
    const complete = async (line: string): Promise<Completions> =>
      prepared.complete(conversation.before, line, await conversation.addedColumns());
    const editor = new LineEditor(gate, screen, { ...prepared, complete, historyLines });
    try {
      for (;;) {
        const typed = await editor.read(conversation.prompt());
        if (typed.kind === 'line') yield typed.text;
        else if (typed.kind === 'over') return void screen.write('\n');
        else if (conversation.interrupted(typed.wasEmpty) === 'leave') return;
      }
    } finally {
      editor.close();
      gate.close();
    }
  }
  return { lines, person };
};
