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
  commentAfter,
  commentOrEol,
  digits,
  empty,
  eol,
  indent,
  uncommented,
  word,
} from './pieces.ts';

/** hosts(5). */
export const hosts: Lens = many(
  either(
    empty,
    comment,
    node(
      all(number('host'), indent, field('ipaddr', uncommented), blanks, field('canonical', uncommented)),
      many(node(label('alias'), blanks, store(uncommented))),
      commentOrEol,
    ),
  ),
);

/** hostname(5): one line. */
export const hostname: Lens = either(node(label('hostname'), store(word), eol), empty, all());

/** services(5). */
export const services: Lens = many(
  either(
    empty,
    comment,
    field(
      'service-name',
      /[a-zA-Z0-9_.+*/:-]+/,
      blanks,
      either(all(field('start', digits), skip(/-/), field('end', digits)), field('port', digits)),
      all(skip(/\//), field('protocol', /[a-zA-Z]+/)),
      many(blanks, field('alias', /[a-zA-Z0-9_.+*/:-]+/)),
      commentOrEol,
    ),
  ),
);

/** protocols(5). */
export const protocols: Lens = many(
  either(
    empty,
    comment,
    node(
      all(number('protocol'), field('protocol', uncommented), blanks, field('number', digits)),
      many(blanks, field('alias', uncommented)),
      commentOrEol,
    ),
  ),
);

/** A database's services, and what follows from what they answer, as in `[!UNAVAIL=return]`. */
const reaction = node(
  all(skip(/\[/), label('reaction')),
  list(
    node(
      all(label('status'), maybe(flag('negate', /!/)), store(/[A-Za-z]+/)),
      all(skip(/=/), field('action', /[A-Za-z]+/)),
    ),
    blanks,
  ),
  skip(/\]/),
);

/** nsswitch.conf(5). */
export const nsswitch: Lens = many(
  either(
    empty,
    comment,
    node(
      all(label('database'), store(word), skip(/:[ \t]*/)),
      list(either(field('service', word), reaction), blanks),
      commentOrEol,
    ),
  ),
);

const address = /[0-9A-Fa-f.:]*[0-9A-Fa-f:]/;
const resolvNote = commentAfter(/[ \t]*[#;][ \t]*/);
const resolvLine = (name: RegExp, value: Lens): Lens =>
  node(key(name), blanks, value, either(eol, resolvNote));
const flags = list(node(key(/[a-z0-9]+/)), blanks);
const resolvOption = either(
  node(maybe(flag('negate', /no-(?=ip6-dotint)/)), key(/ip6-dotint/)),
  node(key(/[a-z0-9-]+/), maybe(skip(/:/), store(digits))),
);

/** resolv.conf(5). */
export const resolv: Lens = many(
  either(
    skip(/[ \t]*(?:[#;][ \t]*)?\r?\n/),
    resolvNote,
    resolvLine(/nameserver/, store(address)),
    resolvLine(/domain/, store(word)),
    resolvLine(/search/, list(field('domain', word), blanks)),
    resolvLine(
      /sortlist/,
      list(field('ipaddr', address, maybe(node(label('netmask'), skip(/\//), store(address)))), blanks),
    ),
    resolvLine(/options/, list(resolvOption, blanks)),
    resolvLine(/lookup|family/, flags),
  ),
);

const aptOption = node(
  all(key(/[a-z-]+/), maybe(field('operation', /[+-]/)), skip(/=/)),
  store(/[^\] \t\n]+/),
);

/** sources.list(5). */
export const aptSources: Lens = many(
  either(
    empty,
    comment,
    node(
      all(indent, number('source'), field('type', /[^\][# \n\t]+/), blanks),
      maybe(node(label('options'), skip(/\[[ \t]*/), list(aptOption, blanks), skip(/[ \t]*\]/), blanks)),
      all(field('uri', /(?:[a-z+]+:)?\/[^\] \t]*|[a-z+]+:\[[^\]]+\]\/?/), blanks),
      field('distribution', /[^\][# \n\t]+/),
      many(blanks, field('component', /[^\][# \n\t]+/)),
      skip(/[ \t]*(?:#[^\n]*)?\n/),
    ),
  ),
);
