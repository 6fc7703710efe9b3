import { all, either, field, key, type Lens, label, list, many, maybe, node, skip, store } from './lens.ts';
import { comment, digits, empty, eol, toDosEol, word } from './pieces.ts';

const colon = skip(/:/);
const toColon = /[^:\r\n]+/;

/** What stands in the place of a password, unless it is one: no shorter text than 13 characters is a hash (crypt(5)). */
const shownPassword = (text: string): string => (text.length < 13 ? text : 'x');

/** A field of which an empty one is a node, too. */
const member = (name: string, pattern: RegExp): Lens => node(label(name), maybe(store(pattern)));
const password = (pattern: RegExp): Lens => node(label('password'), maybe(store(pattern, shownPassword)));
/** The names of passwd(5), and what begins a line that is about entries of NIS. */
const username = /[_.A-Za-z0-9][-_.A-Za-z0-9]*\$?/;

const passwdFields = (uid: Lens, gid: Lens): Lens =>
  all(
    all(colon, password(toColon), colon, uid, colon, gid, colon),
    all(member('name', toColon), colon, member('home', toColon), colon, member('shell', toDosEol)),
  );
/** Fields that stand in for those of NIS: an empty one is none. */
const overrides = all(
  all(colon, maybe(node(label('password'), store(toColon, shownPassword))), colon),
  all(maybe(field('uid', digits)), colon, maybe(field('gid', digits)), colon),
  all(maybe(field('name', toColon)), colon, maybe(field('home', toColon)), colon),
  maybe(field('shell', toDosEol)),
);

/** passwd(5); hashes of passwords are never shown, as they are elsewhere today. */
export const passwd: Lens = many(
  either(
    empty,
    comment,
    node(key(username), passwdFields(field('uid', digits), field('gid', digits)), eol),
    node(skip(/\+@/), label('@nis'), store(username), overrides, eol),
    node(
      skip(/\+/),
      label('@nisdefault'),
      maybe(passwdFields(member('uid', digits), member('gid', digits))),
      eol,
    ),
    node(skip(/\+/), label('@+nisuser'), store(username), overrides, eol),
    node(skip(/-/), label('@-nisuser'), store(username), overrides, eol),
  ),
);

const groupFields = (gid: Lens): Lens =>
  all(
    all(colon, password(/[A-Za-z0-9_.!*-]+/), colon, gid, colon),
    maybe(list(field('user', word), skip(/,/))),
  );

/** group(5). */
export const group: Lens = many(
  either(
    empty,
    comment,
    node(key(word), groupFields(field('gid', digits)), eol),
    node(skip(/\+/), label('@nisdefault'), maybe(groupFields(member('gid', digits))), eol),
  ),
);
