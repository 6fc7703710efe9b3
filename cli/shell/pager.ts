/** What is shown below a full screen. */
const question = '-- more: space, Enter: one line, q: no more --';
const clearLine = '\r\u001b[K';

/** The screen as a pager needs it. */
export interface PagerScreen {
  write(text: string): void;
  /** Lines and columns of the terminal. */
  size(): { readonly rows: number; readonly columns: number };
  /** The next key that is pressed; undefined when there will be none. */
  key(): Promise<string | undefined>;
}

/** How many lines of the terminal a line of text takes. */
const height = (line: string, columns: number): number =>
  Math.max(1, Math.ceil([...line].length / Math.max(1, columns)));

/** Shows text a screenful at a time. What comes while a key is waited for is kept. */
export class Pager {
  readonly #screen: PagerScreen;
  readonly #stopped: () => void;
  #left: number;
  #queue = '';
  #waiting: Promise<void> | undefined;
  #ended = false;

  /** `stopped` is called when the person has seen enough: nothing more is shown then. */
  constructor(screen: PagerScreen, stopped: () => void) {
    this.#screen = screen;
    this.#stopped = stopped;
    this.#left = this.#page;
  }

  write(text: string): void {
    if (this.#ended) return;
    this.#queue += text;
    if (this.#waiting === undefined) this.#show();
  }

  /** Resolves when everything was shown, or enough. */
  async finish(): Promise<void> {
    while (this.#waiting !== undefined) await this.#waiting;
  }

  /** One line stays for the question. */
  get #page(): number {
    return Math.max(1, this.#screen.size().rows - 1);
  }

  #show(): void {
    const { columns } = this.#screen.size();
    let shown = 0;
    while (shown < this.#queue.length) {
      const newline = this.#queue.indexOf('\n', shown);
      const end = newline < 0 ? this.#queue.length : newline + 1;
      const needs = newline < 0 ? 0 : height(this.#queue.slice(shown, newline), columns);
      // A line that is taller than the screen is shown all the same, on a screen of its own.
      if (needs > this.#left && this.#left < this.#page) break;
      this.#left -= needs;
      shown = end;
    }
    this.#screen.write(this.#queue.slice(0, shown));
    this.#queue = this.#queue.slice(shown);
    if (this.#queue !== '') this.#waiting = this.#ask();
  }

  async #ask(): Promise<void> {
    this.#screen.write(question);
    const key = await this.#screen.key();
    this.#screen.write(clearLine);
    this.#waiting = undefined;
    if (key === undefined || key === 'q' || key === '\u0003') {
      this.#ended = true;
      this.#queue = '';
      return this.#stopped();
    }
    // A tall line may need more than the one that Enter asks for.
    this.#left = key === '\r' || key === '\n' ? Math.max(1, this.#left + 1) : this.#page;
    this.#show();
  }
}
