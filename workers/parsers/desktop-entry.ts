import { textLines } from './text-lines.ts';

/** What a desktop entry starts; '' for a key that it lacks. */
export interface DesktopEntry {
  readonly name: string;
  readonly exec: string;
}

/**
 * Keys `Name` and `Exec` of a desktop entry (freedesktop.org, Desktop Entry Specification), as they are written. Only
 * its main group counts: an action further down has keys of the same names. A translated key (`Name[de]`) is another.
 */
export const parseDesktopEntry = (content: string): DesktopEntry => {
  const lines = textLines(content);
  const start = lines.indexOf('[Desktop Entry]') + 1;
  const after = lines.slice(start);
  const end = after.findIndex((line) => line.startsWith('['));
  const group = start === 0 ? [] : after.slice(0, end === -1 ? undefined : end);
  const values = new Map<string, string>();
  for (const line of group) {
    const equals = line.indexOf('=');
    const key = line.slice(0, Math.max(0, equals)).trimEnd();
    if (equals !== -1 && !values.has(key)) values.set(key, line.slice(equals + 1).trimStart());
  }
  return { name: values.get('Name') ?? '', exec: values.get('Exec') ?? '' };
};
