/** A section of an INI file with its options, by their names in lower case. */
export interface IniSection {
  readonly name: string;
  readonly options: ReadonlyMap<string, string>;
}

/**
 * Reads an INI file as Python's configparser does, which yum and dnf use: `[section]`, `name = value` or `name: value`,
 * a line that is further to the right than the option before it goes on with its value, `#` and `;` begin comments; what
 * follows a section's name is none of it. Of an option that is given twice the last one holds; sections of one name are one.
 */
export const parseIni = (content: string): IniSection[] => {
  const sections = new Map<string, Map<string, string>>();
  let options: Map<string, string> | undefined;
  let last: string | undefined;
  let lastIndent = 0;
  for (const raw of content.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const indent = raw.length - raw.trimStart().length;
    if (indent > lastIndent && options !== undefined && last !== undefined) {
      options.set(last, `${options.get(last) ?? ''}\n${line}`);
      continue;
    }
    const end = line.indexOf(']');
    if (line.startsWith('[') && end > 1) {
      const name = line.slice(1, end);
      options = sections.get(name) ?? new Map<string, string>();
      sections.set(name, options);
      last = undefined;
      continue;
    }
    const sign = line.search(/[=:]/);
    if (sign <= 0 || options === undefined) continue;
    last = line.slice(0, sign).trimEnd().toLowerCase();
    lastIndent = indent;
    options.set(last, line.slice(sign + 1).trimStart());
  }
  return [...sections].map(([name, each]) => ({ name, options: each }));
};
