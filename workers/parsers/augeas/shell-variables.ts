import { all, either, key, type Lens, many, maybe, node, skip, store } from './lens.ts';
import { blanks, comment, commentAfter, empty, indent } from './pieces.ts';

/** A value as a shell takes it, with its quotes: no more than one word. */
const value =
  /(?:\$\([^()#\n]*\)|\$#*|[^$`;()'"&|\n\\# \t]+#*|\\[^\n]|"[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^']*')+|`[^`\n]+`/;

/** Assignments as os-release(5) and environment files have them, which is what a shell reads of them, too. */
export const shellVariables: Lens = many(
  either(
    empty,
    comment,
    node(
      all(indent, maybe(node(key(/export/), blanks))),
      all(key(/[A-Za-z0-9_][-A-Za-z0-9_]*(?:\[[0-9A-Za-z_,]+\])?/), skip(/=/), maybe(store(value))),
      either(commentAfter(/[ \t]+#[ \t]*/), skip(/[ \t]*[;\n]/)),
    ),
  ),
);
