import { all, either, field, key, type Lens, label, many, maybe, node, skip, store } from './lens.ts';
import { comment, commentAfter, commentOrEol, empty, eol, indent, word } from './pieces.ts';

/** A value between quotes, which it keeps, or without any up to a comment. */
const value = /'[^\n']*'|"[^\n"]*"|[^\n \t'"#](?:[^\n#]*[^\n \t#])?/;

/** sysctl.conf(5). */
export const sysctl: Lens = many(
  either(
    empty,
    commentAfter(/[ \t]*[#;][ \t]*/),
    node(
      all(indent, key(/[*:/A-Za-z0-9_.-]+/)),
      either(all(skip(/[ \t]*=[ \t]*/), store(value)), skip(/[ \t]*=/), all()),
      either(eol, comment),
    ),
  ),
);

const gap = skip(/(?:[ \t]|\\\n)+/);
const name = /[^# \t\n\\]+/;
/** A command goes on in the next line after a backslash. */
const command = /(?:[^# \t\n\\][^#\n\\]*\\[ \t]*\n[ \t]*)*[^# \t\n\\](?:[^#\n\\]*[^# \t\n\\])?/;
const option = node(key(word), maybe(skip(/[ \t]*=[ \t]*/), store(/[^#" \t\n\\]+|"[^#"\n\\]*"/)));
const dependencies = (when: string): Lens => {
  const one = node(label(when), gap, store(/[^:# \t\n\\]+(?=[# \t\n\\])/));
  return maybe(gap, skip(new RegExp(`${when}:`)), one, many(one));
};

/** modprobe.d(5). */
export const modprobe: Lens = many(
  either(
    empty,
    comment,
    node(key(/alias/), gap, store(name), gap, field('modulename', name), either(eol, comment)),
    node(key(/options/), gap, store(name), many(gap, option), commentOrEol),
    node(key(/install|remove/), gap, store(name), gap, field('command', command), commentOrEol),
    node(key(/blacklist/), gap, store(name), either(eol, comment)),
    node(key(/config/), gap, store(/binary_indexes|yes|no/), either(eol, comment)),
    node(
      all(key(/softdep/), gap, store(/[^:# \t\n\\]+/)),
      all(dependencies('pre'), dependencies('post'), commentOrEol),
    ),
  ),
);
