/** A text up to its first NUL, where C ends it: osquery's functions and results know no more of one. */
export const cutAtNul = (text: string): string => {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
};
