import { either, type Lens, label, node, skip, store } from './lens.ts';

// What many of the formats share.

/** Between words. */
export const blanks: Lens = skip(/[ \t]+/);
/** Before the first word of a line. */
export const indent: Lens = skip(/[ \t]*/);
/** The end of a line. */
export const eol: Lens = skip(/[ \t]*\n/);
/** The end of a line, which a carriage return may stand in. */
export const dosEol: Lens = skip(/[ \t]*\r?\n/);
/** A line with nothing in it, or with the mark of a comment alone. */
export const empty: Lens = skip(/[ \t]*(?:#[ \t]*)?\n/);

/** A comment that a mark, with the blanks around it, begins. */
export const commentAfter = (mark: RegExp): Lens =>
  node(label('#comment'), skip(mark), store(/[^ \t\r\n](?:[^\n]*[^ \t\r\n])?/), dosEol);

/** A comment, on a line of its own or at the end of one. */
export const comment: Lens = commentAfter(/[ \t]*#[ \t]*/);
/** The end of a line with or without a comment, which may be empty. */
export const commentOrEol: Lens = either(comment, skip(/[ \t]*(?:#[ \t]*)?\n/));

/** Letters, digits, dots, dashes and underscores. */
export const word: RegExp = /[A-Za-z0-9_.-]+/;
/** Digits. */
export const digits: RegExp = /[0-9]+/;
/** Anything up to the next blank. */
export const unspaced: RegExp = /[^ \t\n]+/;
/** The rest of a line without the blanks around it. */
export const toEol: RegExp = /[^ \t\n](?:[^\n]*[^ \t\n])?/;
/** The same without a carriage return at its ends. */
export const toDosEol: RegExp = /[^ \t\r\n](?:[^\n]*[^ \t\r\n])?/;
/** The next field of a line that has something other than blanks, up to the mark of a comment. */
export const uncommented: RegExp = /[^# \t\n]+/;
