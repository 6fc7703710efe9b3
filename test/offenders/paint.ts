/** Colour for a terminal. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  faint(text: string): string;
  strong(text: string): string;
}

const plain = (text: string): string => text;
const sgr =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`;

/** None in a pipe, and none where NO_COLOR is set (no-color.org). */
export const paintFor = (isTerminal: boolean, noColour: string | undefined): Paint =>
  isTerminal && (noColour ?? '') === ''
    ? { good: sgr(32), bad: sgr(31), faint: sgr(2), strong: sgr(1) }
    : { good: plain, bad: plain, faint: plain, strong: plain };
