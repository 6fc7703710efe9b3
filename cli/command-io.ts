/** What a command sees of the terminal it was started from; tests put their own in its place. */
export interface CommandIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** True when a person's terminal shows standard output. */
  readonly outIsTerminal: boolean;
  /** Colours are for terminals, and for nobody who has set NO_COLOR (no-color.org). */
  readonly colours: boolean;
  /** Whether readers of the output see more than ASCII, by the locale. */
  readonly unicode: boolean;
  /** Width of the terminal in columns; undefined on pipes and files, which have none. */
  readonly columns: () => number | undefined;
}

/**
 * The io of this process. A reader that goes away (`leash query … | head`) ends it without a word, output that cannot be
 * written with one. Nothing ends when standard error is lost: a daemon outlives its collector of logs.
 */
export const processIo = (): CommandIo => {
  const { stdout, stderr, env } = process;
  stdout.on('error', (error: Error & { code?: string }) => {
    if (error.code === 'EPIPE') process.exit(0);
    stderr.write(`Error: the output cannot be written: ${error.message}\n`);
    process.exit(1);
  });
  stderr.on('error', () => {});
  const outIsTerminal = stdout.isTTY === true;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    outIsTerminal,
    colours: outIsTerminal && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb',
    unicode: /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || ''),
    columns: () => (outIsTerminal ? stdout.columns : undefined),
  };
};

/** One sentence on standard error; the exit code of a failure. */
export const complain = (io: CommandIo, message: string): 1 => {
  io.err(`Error: ${message}\n`);
  return 1;
};

/** An error that nobody expected: one sentence all the same, its stack trace only for `debug` or LEASH_DEBUG. */
export const complainOfBug = (io: CommandIo, error: unknown, debug = false): 1 => {
  if (!(error instanceof Error)) return complain(io, String(error));
  const wanted = debug || (process.env.LEASH_DEBUG ?? '') !== '';
  return complain(io, wanted ? (error.stack ?? error.message) : error.message);
};
