#!/usr/bin/env node
/** A writable table: notes that SQL writes, changes and removes. They live as long as the extension. */
import { defineTable, integer, refuse, serve, text } from 'leash/extension';

interface Note {
  readonly title: string;
  readonly stars: number;
}

const notes = new Map<bigint, Note>();
let last = 0n;

const noteOf = (title: string | null, stars: number | bigint | null): Note | undefined =>
  title === null || title === '' ? undefined : { title, stars: Number(stars ?? 0) };

const table = defineTable({
  name: 'example_notes',
  description: 'Notes with their stars.',
  columns: { title: text(), stars: integer() },
  *generate() {
    // By its rowid SQL finds a row again that it changes.
    for (const [rowid, note] of notes) yield { rowid, ...note };
  },
  insert({ title, stars }, given) {
    const note = noteOf(title, stars);
    if (note === undefined) return refuse('constraint', 'a note needs a title');
    last = given ?? last + 1n;
    notes.set(last, note);
    return last;
  },
  update(rowid, { title, stars }, moved) {
    const note = noteOf(title, stars);
    if (note === undefined) return refuse('constraint', 'a note needs a title');
    notes.delete(rowid);
    notes.set(moved ?? rowid, note);
    return undefined;
  },
  remove(rowid) {
    return notes.delete(rowid) ? undefined : refuse('failure', `there is no note ${rowid}`);
  },
});

await serve({ name: 'example_writable', version: '1.0.0', plugins: [table] });
