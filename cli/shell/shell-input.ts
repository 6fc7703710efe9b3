import { createInterface } from 'node:readline';

/** Where the shell reads from when no SQL is among its arguments. */
export interface ShellInput {
  /** Lines until the input ends. On a terminal `prompt` is asked for its text before each. */
  lines(prompt: () => string): AsyncIterable<string>;
}

/** Reads lines from a stream; with a terminal to write to, it prompts and the line can be edited. */
export const streamInput = (
  input: NodeJS.ReadableStream,
  terminal: NodeJS.WritableStream | undefined,
): ShellInput => ({
  async *lines(prompt) {
    const reader = createInterface({
      input,
      ...(terminal === undefined ? {} : { output: terminal }),
      terminal: terminal !== undefined,
    });
    // The input can end while lines that came before it still wait here for their turn.
    let ended = false;
    reader.once('close', () => {
      ended = true;
    });
    const ask = (): void => {
      if (terminal === undefined || ended) return;
      reader.setPrompt(prompt());
      reader.prompt();
    };
    ask();
    for await (const line of reader) {
      yield line;
      ask();
    }
  },
});

/** Standard input of this process. Ctrl-C and Ctrl-D end it. */
export const processInput = (): ShellInput =>
  streamInput(process.stdin, process.stdin.isTTY === true ? process.stdout : undefined);
