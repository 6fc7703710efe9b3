import { all, either, field, key, type Lens, label, list, many, maybe, node, skip, store } from './lens.ts';
import { blanks, comment, empty, eol, indent, toDosEol, word } from './pieces.ts';

const times = /[0-9*][0-9/,*-]*/;
const namedTimes = /(?:[0-9*][0-9/,*-]*|[A-Za-z]{3})(?:-(?:[0-9*][0-9/,*-]*|[A-Za-z]{3}))?(?=[ \t])/;
const schedule = either(
  node(
    all(label('time'), field('minute', times), blanks, field('hour', times), blanks),
    all(field('dayofmonth', times), blanks, field('month', namedTimes), blanks),
    field('dayofweek', namedTimes),
  ),
  node(label('schedule'), skip(/@/), store(/[a-z]+/)),
);

/** The system’s crontabs (crontab(5)), which name a user. */
export const cron: Lens = many(
  either(
    empty,
    comment,
    node(all(key(/(?!entry=)[A-Za-z1-9_-]+(?:\[[0-9]+\])?/), skip(/=/)), store(/[^\n]*[^ \t\n]/), eol),
    node(
      all(label('entry'), indent, maybe(field('prefix', /-/)), schedule, blanks),
      all(field('user', word), blanks, store(toDosEol), eol),
    ),
  ),
);

const text = /[^,#= \n\t{}]+/;
/** Directives that are one node with their opposites: the label tells what for, the value which. */
const switches: readonly (readonly [name: string, values: RegExp])[] = [
  ['schedule', /hourly|daily|weekly|monthly|yearly/],
  ...[
    'missingok',
    'compress',
    'delaycompress',
    'sharedscripts',
    'dateext',
    'copytruncate',
    'copy',
    'shred',
  ].map((name) => [name, new RegExp(`(?:no)?${name}(?![a-z])`)] as const),
  ['ifempty', /(?:not)?ifempty/],
];
const words = many(blanks, node(key(/[^/+,# \n\t{}]+/)));
/** Directives with a script after them, up to `endscript`. */
const scriptNames = '(?:pre|post)rotate|(?:first|last)action';
const script = node(
  all(key(new RegExp(scriptNames)), eol),
  maybe(store(/(?![ \t]*endscript[ \t]*\n)[^\n]*(?:\n(?![ \t]*endscript[ \t]*\n)[^\n]*)*/), skip(/\n/)),
  skip(/[ \t]*endscript/),
);
const directive = either(
  ...switches.map(([name, values]) => all(node(label(name), store(values)), skip(/(?=[ \t]*\n)/))),
  node(
    key(/create(?![a-z])/),
    maybe(
      all(blanks, field('mode', /[-+]?[0-9]+/)),
      maybe(blanks, field('owner', text), maybe(blanks, field('group', text))),
    ),
  ),
  node(key(/su(?![a-z])/), maybe(blanks, field('owner', text), maybe(blanks, field('group', text)))),
  node(key(/tabooext/), maybe(blanks, store(/\+/)), words),
  node(key(/compressoptions/), words),
  node(
    key(new RegExp(`(?!(?:${scriptNames}|endscript)(?![a-z]))[a-z]+`)),
    maybe(skip(/[ \t]*=[ \t]*|[ \t]+/), store(text)),
  ),
);

const path = /\/[^"',#= \n\t{}]+/;
const fileName = node(
  label('file'),
  either(store(path), ...[/"/, /'/].map((mark) => all(skip(mark), store(path), skip(mark)))),
);
const inner = either(comment, all(indent, either(script, directive), eol));
const rule = node(
  all(label('rule'), indent, list(fileName, skip(/[ \t\n]+/))),
  all(skip(/[ \t\n]*\{(?:[ \t\n]*\n)?/), maybe(inner, many(either(empty, inner)))),
  all(skip(/[ \t]*\}/), eol),
);

/** logrotate.conf(5). */
export const logrotate: Lens = many(either(empty, comment, all(directive, eol), rule));
