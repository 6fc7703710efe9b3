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
  const value = (key: string): string => {
    const found = group.map((line) => /^([^=]*?)\s*=\s*(.*)$/.exec(line)).find((match) => match?.[1] === key);
    return found?.[2] ?? '';
  };
  return { name: value('Name'), exec: value('Exec') };
};
