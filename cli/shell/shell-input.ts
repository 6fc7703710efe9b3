import { createInterface } from 'node:readline';

/** Where the shell reads from when no SQL is among its arguments. */
export interface ShellInput {
  readonly isTerminal: boolean;
  /** Lines until the input ends. On a terminal `prompt` is asked for its text before each. */
  lines(prompt: () => string): AsyncIterable<string>;
}

/** Standard input of this process. Ctrl-C and Ctrl-D end it. */
export const processInput = (): ShellInput => {
  const isTerminal = process.stdin.isTTY === true;
  return {
    isTerminal,
    async *lines(prompt) {
      const reader = createInterface({
        input: process.stdin,
        ...(isTerminal ? { output: process.stdout } : {}),
        terminal: isTerminal,
      });
      const ask = (): void => {
        reader.setPrompt(prompt());
        if (isTerminal) reader.prompt();
      };
      ask();
      for await (const line of reader) {
        yield line;
        ask();
      }
    },
  };
};
