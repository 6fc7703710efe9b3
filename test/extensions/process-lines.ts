import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a process says: an object of JSON a line. */
export type Said = Readonly<Record<string, unknown>>;

/** Lines of JSON as they come; `undefined` when the process has ended. */
export class Lines {
  readonly #lines: AsyncIterator<string>;

  constructor(child: ChildProcess) {
    if (child.stdout === null) throw new Error('the process has no output');
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async next(): Promise<Said | undefined> {
    const line = await this.#lines.next();
    return line.done === true ? undefined : (JSON.parse(line.value) as Said);
  }
}
