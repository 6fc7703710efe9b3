import {
  all,
  either,
  field,
  flag,
  key,
  type Lens,
  label,
  list,
  many,
  maybe,
  node,
  skip,
  store,
} from './lens.ts';
import { blanks, commentAfter, empty, eol, indent, unspaced } from './pieces.ts';

/** A blank, which may be the end of a line after a backslash; as a rule one may be missing. */
const gap = skip(/[ \t]*\\\n[ \t]*|[ \t]+/);
const maybeGap = skip(/(?:[ \t]*\\\n)?[ \t]*/);
const around = (mark: RegExp): Lens => all(maybeGap, skip(mark), maybeGap);
const comma = around(/,/);
const equals = around(/=/);
const colon = around(/:/);

const commentOrEol = either(commentAfter(/[ \t]+#[ \t]*/), skip(/[ \t]+#\n|[ \t]*\n/));
/** `#include` and `#includedir` are no comments. */
const comment = node(
  all(label('#comment'), skip(/[ \t]*#[ \t]*/)),
  store(/(?!include)[^ \t\n](?:[^\n]*[^ \t\n])?/),
  eol,
);
const include = node(key(/[#@]include(?:dir)?/), blanks, store(unspaced), eol);

/** Two marks of negation cancel each other. */
const evenMarks = skip(/(?:!!)*/);
const negate = flag('negate', /!/);

const phrase = /[^,=:#() \t\n\\](?:[^,=:#()\n]*[^,=:#() \t\n\\])?/;
const host = field('host', /[^,=:#() \t\n\\]+/);
const user = field(
  'user',
  /(?!@include)(?:[A-Z][-A-Z0-9]*(?:\\[ \t][-A-Z0-9]*)*\\\\)?[%+@a-z][-A-Za-z0-9._+]*(?:(?:\\[ \t]|\\\\[A-Za-z0-9])[-A-Za-z0-9._+]*)*|[A-Z_]+/,
);
/** A command with its arguments, of which a backslash keeps the marks of this format; else an alias. */
const command = all(
  all(evenMarks, maybe(negate)),
  store(/[/a-z](?:[^,:#()\n\\]*\\[=:,\\])*[^,:#()\n\\]*[^,=:#() \t\n\\]|[A-Za-z0-9_.-]+|[^,=:#() \t\n\\]/),
);

const alias = (name: RegExp, item: Lens): Lens => {
  const one = node(all(label('alias'), field('name', /[A-Z][A-Z0-9_]*/), equals), list(item, comma));
  return node(indent, key(name), gap, list(one, colon), commentOrEol);
};

const runasUsers = list(field('runas_user', phrase), comma);
const runasGroups = all(skip(/[ \t]*:[ \t]*/), list(field('runas_group', phrase), comma));
const runas = all(skip(/\(/), either(all(runasUsers, maybe(runasGroups)), runasGroups), skip(/\)/), maybeGap);
const tag = all(field('tag', /(?:NO)?(?:PASSWD|EXEC|SETENV)/), colon);
const rule = node(
  all(label('spec'), indent, list(user, comma), gap),
  list(
    node(
      all(label('host_group'), list(host, comma), equals),
      list(node(label('command'), maybe(runas), many(tag), command), comma),
    ),
    colon,
  ),
  commentOrEol,
);

const item = /[^",# \t\n\\]+/;
const items = either(
  all(skip(/"/), list(field('var', item), gap), skip(/"/)),
  all(skip(/"?/), field('var', item), skip(/"?/)),
);
/** A setting of `Defaults`: a list, which may be added to, a number, which may be quoted, a text, or a flag alone. */
const setting = node(
  evenMarks,
  either(
    all(
      all(key(/env_(?:check|delete|keep)/), maybeGap),
      maybe(either(flag('append', /\+/), flag('remove', /-/))),
      all(skip(/=/), maybeGap, items),
    ),
    all(
      all(key(/passwd_tries|loglinelen|passwd_timeout|timestamp_timeout|umask/), equals),
      all(skip(/"?/), store(/-?[0-9]+/), skip(/"?/)),
    ),
    all(key(/[a-z_0-9]+/), equals, store(/[^",=#() \t\n\\]+|"[^",=#()\n\\]+"/)),
    all(maybe(negate), key(/[a-z_0-9]+/)),
  ),
);
const defaults = node(
  all(indent, key(/Defaults/), maybe(field('type', /[@:!>][^ \t\n\\]+/)), gap),
  list(setting, comma),
  commentOrEol,
);

/** sudoers(5). */
export const sudoers: Lens = many(
  either(
    empty,
    comment,
    include,
    alias(/User_Alias/, field('user', phrase)),
    alias(/Runas_Alias/, field('runas_user', phrase)),
    alias(/Host_Alias/, host),
    alias(/Cmnd_Alias/, node(label('command'), command)),
    defaults,
    rule,
  ),
);
