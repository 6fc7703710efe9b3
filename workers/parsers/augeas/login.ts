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
  number,
  skip,
  store,
} from './lens.ts';
import {
  blanks,
  comment,
  commentOrEol,
  digits,
  empty,
  eol,
  indent,
  toEol,
  uncommented,
  word,
} from './pieces.ts';

/** shells(5). */
export const shells: Lens = many(
  either(empty, comment, node(number('shell'), store(uncommented), commentOrEol)),
);

/** login.defs(5). */
export const loginDefs: Lens = many(either(empty, comment, node(key(word), blanks, store(toEol), eol)));

/** limits.conf(5). */
export const limits: Lens = many(
  either(
    empty,
    comment,
    field(
      'domain',
      /[%@]?[A-Za-z0-9_.:-]+|\*/,
      all(blanks, field('type', /soft|hard|-/), blanks, field('item', /[a-z]+/)),
      all(blanks, field('value', /[A-Za-z0-9_./-]+/), commentOrEol),
    ),
  ),
);

const pamGap = skip(/(?:[ \t]|\\\n)+/);
const pamWord = /(?:[^# \t\n\\]|\\[^\n])[^# \t\n\\]*(?:\\[^\n][^# \t\n\\]*)*/;
const pamRule = all(
  all(maybe(flag('optional', /-/)), field('type', /auth|session|account|password/i), pamGap),
  all(field('control', /\[[^\]#\n]*\]|[a-zA-Z]+/), pamGap, field('module', pamWord)),
  many(pamGap, field('argument', /\[[^\]#\n]+\]|[^[#\n \t\\][^#\n \t\\]*/)),
  commentOrEol,
);
const pamFile = (rule: Lens): Lens =>
  many(
    either(
      empty,
      comment,
      node(indent, skip(/@/), key(/include/), pamGap, store(pamWord), eol),
      node(number('record'), indent, rule),
    ),
  );

/** A service's file of pam.d(5). */
export const pam: Lens = pamFile(pamRule);
/** pam.conf(5), whose rules name the service. */
export const pamConf: Lens = pamFile(all(field('service', word), blanks, pamRule));

const device = /[^,# \n\t][^ \n\t]*/;
const options = (name: string): Lens =>
  list(
    field(name, /[^,#= \n\t]+/, maybe(node(label('value'), skip(/=/), maybe(store(/[^,# \n\t]+/))))),
    skip(/,/),
  );

/** fstab(5). */
export const fstab: Lens = many(
  either(
    empty,
    comment,
    node(
      all(number('mntent'), indent, field('spec', device), blanks, field('file', uncommented), blanks),
      options('vfstype'),
      maybe(
        all(blanks, options('opt')),
        maybe(blanks, field('dump', digits), maybe(blanks, field('passno', digits))),
      ),
      commentOrEol,
    ),
  ),
);
