import { textLines } from './text-lines.ts';

/** What a desktop entry starts; '' for a key that it lacks. */
export interface DesktopEntry {
  readonly name: string;
  readonly exec: string;
}

/**
 * Keys `Name` and `Exec` of a desktop entry (freedesktop.org, Desktop Entry Specification), as they are written. Only
 * its main group counts: an action further down has keys of the same names. A translated key (`Name[de]`) is another. Of a
 * key that is there twice the last one holds, and a group that is there twice is one: so GLib reads it, and osquery.
 */
export const parseDesktopEntry = (content: string): DesktopEntry => {
  const values = new Map<string, string>();
  let isMain = false;
  for (const line of textLines(content)) {
    if (line.startsWith('[')) isMain = line === '[Desktop Entry]';
    const equals = line.indexOf('=');
    if (isMain && equals !== -1)
      values.set(line.slice(0, equals).trimEnd(), line.slice(equals + 1).trimStart());
  }
  return { name: values.get('Name') ?? '', exec: values.get('Exec') ?? '' };
};
