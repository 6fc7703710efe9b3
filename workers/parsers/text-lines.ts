/** Lines of a text with blanks and carriage returns at both ends removed; lines with nothing else are left out. */
export const textLines = (content: string): string[] =>
  content
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
