import {
  all,
  either,
  field,
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
import { blanks, comment, commentAfter, dosEol, empty, eol, indent, toDosEol } from './pieces.ts';

/** A value between two marks of a kind. */
const between = (value: RegExp, ...marks: readonly RegExp[]): readonly Lens[] =>
  marks.map((mark) => all(skip(mark), store(value), skip(mark)));

/** A block whose words have a separator between them; what it is for are words and their values. */
const matchBlock = (separator: Lens, value: Lens, entry: Lens): Lens => {
  const condition = node(separator, key(/[A-Za-z0-9]+/), separator, value);
  return node(
    key(/Match/i),
    node(label('Condition'), condition, many(condition), eol),
    node(label('Settings'), entry, many(entry)),
  );
};

/** A keyword that is none of those that have a form of their own. */
const otherThan = (...names: readonly string[]): RegExp =>
  new RegExp(`(?!(?:${names.join('|')})(?![A-Za-z0-9]))[A-Za-z0-9]+`, 'i');

const sep = skip(/[ \t=]+/);
/** Keywords of sshd_config(5) with several values, whose numbers go on from line to line: with blanks between, ... */
const spacedNames = ['AcceptEnv', 'AllowGroups', 'AllowUsers', 'DenyGroups', 'DenyUsers'];
/** ... and with commas. */
const commaNames = [
  ...['MACs', 'Ciphers', 'KexAlgorithms', 'HostKeyAlgorithms', 'GSSAPIKexAlgorithms'],
  ...['CASignatureAlgorithms', 'PubkeyAcceptedKeyTypes'],
];

const spacedValues = (name: string): Lens => {
  const bare = /[^"' \t\n=]+/;
  const quoted = [...between(bare, /"/, /'/), ...between(/[^"'\n]*[ \t][^"'\n]*/, /"/, /'/)];
  return node(key(new RegExp(name, 'i')), many(node(sep, number(name), either(store(bare), ...quoted))), eol);
};
const commaValues = (name: string): Lens => {
  const value = node(number(name), store(/[^, \t\n=]+/));
  return node(key(new RegExp(name, 'i')), sep, list(value, skip(/,/)), eol);
};

const fromWordToWord = /[^ \t\n=](?:[^\n]*[^ \t\n=])?/;
const sshdEntry = either(
  ...spacedNames.map(spacedValues),
  ...commaNames.map(commaValues),
  node(
    all(key(/Subsystem/i), sep),
    node(key(/[A-Za-z0-9-]+/), sep, store(/[^ \t\n=](?:[^\n]*[^ \t\n])?/), eol),
  ),
  node(
    key(otherThan('Match', 'Subsystem', ...spacedNames, ...commaNames)),
    all(sep, store(fromWordToWord), eol),
  ),
);

const sshdValue = either(
  store(/[^"' \t\n=]+/),
  ...between(/[^"' \t\n=]+/, /"/),
  ...between(/[^"'\t\n]* [^"'\t\n]*/, /"/, /'/),
);

/** sshd_config(5). */
export const sshd: Lens = all(
  many(either(empty, comment, sshdEntry)),
  many(matchBlock(sep, sshdValue, either(empty, all(indent, either(commentAfter(/#[ \t]*/), sshdEntry))))),
);

const equals = skip(/[ \t]*=[ \t]*|[ \t]+/);
const toSpace = /[^ \t\r\n=][^ \t\r\n]*/;
/** Keywords of ssh_config(5) whose values have commas between them. */
const clientCommaNames = ['MACs', 'Ciphers', 'HostKeyAlgorithms', 'KexAlgorithms', 'PubkeyAcceptedKeyTypes'];
const clientLine = (name: RegExp, ...value: readonly Lens[]): Lens =>
  node(indent, key(name), ...value, dosEol);

const sshEntry = either(
  empty,
  comment,
  clientLine(/SendEnv/i, many(node(blanks, number(), store(toSpace)))),
  clientLine(/ProxyCommand/i, blanks, store(toDosEol)),
  node(
    all(indent, key(/(?:Remote|Local)Forward/i), equals),
    node(key(/[^ \t\r\n/=][^ \t\r\n/]*/), blanks, store(toDosEol), dosEol),
  ),
  ...clientCommaNames.map((name) =>
    clientLine(
      new RegExp(name, 'i'),
      equals,
      list(node(number(), store(/[^, \t\r\n=][^, \t\r\n]*/)), skip(/,/)),
    ),
  ),
  clientLine(/GlobalKnownHostsFile/i, equals, list(node(number(), store(toSpace)), blanks)),
  clientLine(/RekeyLimit/i, equals, field('amount', toSpace), maybe(blanks, field('duration', toSpace))),
  clientLine(
    otherThan(
      ...['Host', 'Match', 'SendEnv', 'ProxyCommand', 'RemoteForward', 'LocalForward'],
      ...['GlobalKnownHostsFile', 'RekeyLimit', ...clientCommaNames],
    ),
    equals,
    store(toSpace),
  ),
);

const sshValue = either(
  store(/[^"' \t\r\n=]+/),
  ...between(/[^"' \t\r\n=]+/, /"/),
  ...between(/[^"'\t\r\n]* [^"'\t\r\n]*/, /"/, /'/),
);

/** ssh_config(5). */
export const ssh: Lens = all(
  many(sshEntry),
  many(
    either(
      node(key(/Host/i), blanks, store(toDosEol), dosEol, many(sshEntry)),
      matchBlock(blanks, sshValue, sshEntry),
    ),
  ),
);
