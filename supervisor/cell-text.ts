import type { Cell } from '../protocol/cell.ts';
import { cutAtNul } from '../protocol/cut-at-nul.ts';
import { doubleText } from './double-text.ts';

/**
 * A value as osqueryi prints it; null stays null, each format has its own word for that. Texts and blobs end at
 * their first NUL, as in C.
 */
export const cellText = (cell: Cell): string | null => {
  if (cell === null) return null;
  if (typeof cell === 'string') return cutAtNul(cell);
  if (typeof cell === 'number') return String(cell);
  if ('int' in cell) return cell.int;
  if ('real' in cell) return doubleText(cell.real);
  return cutAtNul(Buffer.from(cell.blob, 'base64').toString('utf8'));
};
