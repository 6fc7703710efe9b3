/**
 * One sentence of what YARA-X says of a rule that it does not take: what is wrong, then the line with a mark below the
 * place, over several lines. A text of another form is given as it is.
 */
export const ruleError = (text: string): string => {
  const what = /^error\[E\d+\]: (.+)$/m.exec(text)?.[1];
  if (what === undefined) return text;
  const place = /^ *--> line:(\d+):(\d+)$/m.exec(text);
  const mark = /\^ (.+)$/m.exec(text)?.[1];
  return [
    what,
    place === null ? '' : ` in line ${place[1]}, column ${place[2]}`,
    mark === undefined ? '' : `: ${mark}`,
  ].join('');
};
