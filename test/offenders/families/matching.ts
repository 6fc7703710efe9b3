import { deniedAtOnce, type Offender } from '../offender.ts';

/** A text of so many letters `a`. */
const letters = (count: number): string => `replace(hex(zeroblob(${count / 2})), '0', 'a')`;
const nearly16MiB = 16_000_000;
const needle = `${'a'.repeat(9_000)}b`;
const victim = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!';
const oneOpcode = 'one operation of SQLite works for minutes and asks nobody: only the guard can end it';

/** Patterns. What is slow here is slow inside one operation, where the engine cannot stop it. */
export const matching: readonly Offender[] = [
  {
    name: 'regex_that_backtracks',
    sql: () => `SELECT regex_match('${victim}', '^(a+)+b', 0)`,
    expected: { kind: 'answered' },
    why: 'after some tries V8 hands the pattern to its linear engine, which answers at once',
    guilty: false,
    short: 'as it is',
  },
  {
    name: 'regex_with_backreference',
    sql: () => `SELECT regex_match('${victim}', '^(a+)+\\1b', 0)`,
    expected: deniedAtOnce('cpu_ms'),
    why: 'a backreference is beyond the linear engine, and V8 cannot be interrupted',
    guilty: true,
    short: { cpu_ms: 100 },
    endless: true,
  },
  {
    name: 'like_of_many_wildcards',
    sql: () => `SELECT ${letters(2_000_000)} LIKE '${'%a'.repeat(500)}%b'`,
    expected: { kind: 'answered' },
    why: 'SQLite gives up at the first wildcard whose rest is not found, so this bomb of old is none',
    guilty: false,
    short: 'as it is',
  },
  {
    name: 'like_of_a_long_rest',
    sql: () => `SELECT ${letters(nearly16MiB)} LIKE '%${needle}'`,
    expected: deniedAtOnce('cpu_ms'),
    why: `9,000 letters are compared at each of 16 million places; ${oneOpcode}`,
    guilty: true,
    short: { cpu_ms: 100 },
    endless: true,
  },
  {
    name: 'glob_of_a_long_rest',
    sql: () => `SELECT ${letters(nearly16MiB)} GLOB '*${needle}'`,
    expected: deniedAtOnce('cpu_ms'),
    why: `as with LIKE; ${oneOpcode}`,
    guilty: true,
    short: { cpu_ms: 100 },
    endless: true,
  },
  {
    name: 'instr_of_a_long_needle',
    sql: () => `SELECT instr(${letters(nearly16MiB)}, ${letters(nearly16MiB / 2)} || 'b')`,
    expected: deniedAtOnce('cpu_ms'),
    why: `8 million letters are compared at each of 8 million places; ${oneOpcode}`,
    guilty: true,
    short: { cpu_ms: 150 },
    endless: true,
  },
  {
    name: 'replace_of_a_long_needle',
    sql: () => `SELECT length(replace(${letters(nearly16MiB)}, ${letters(nearly16MiB / 2)} || 'b', ''))`,
    expected: deniedAtOnce('cpu_ms'),
    why: `as with instr(); ${oneOpcode}`,
    guilty: true,
    short: { cpu_ms: 150 },
    endless: true,
  },
  {
    name: 'yara_string_of_many_gaps',
    sql: ({ letters: path }) =>
      `SELECT count FROM yara_file WHERE path = '${path}' AND sigrule = 'rule x { strings: $a = /a.*b.*c.*d.*e/ condition: $a }'`,
    expected: deniedAtOnce('cpu_ms'),
    why: 'YARA looks for the rest of an expression at each of two million places, and nothing inside of it ends that',
    guilty: true,
    short: { cpu_ms: 400 },
    endless: true,
  },
  {
    name: 'yara_loop_of_a_condition',
    sql: () =>
      "SELECT count FROM yara_file WHERE path = '/etc/passwd' AND sigrule = 'rule x { condition: for all i in (1..100000000000) : (i * i != 7) }'",
    expected: deniedAtOnce('cpu_ms'),
    why: 'a condition counts to what it says, and nothing inside of it ends that',
    guilty: true,
    short: { cpu_ms: 400 },
    endless: true,
  },
  {
    name: 'yara_string_at_every_byte',
    sql: ({ bigFiles }) =>
      `SELECT count FROM yara_file WHERE path = '${bigFiles}/0' AND sigrule = 'rule x { strings: $a = { 00 } condition: #a > 1000 }'`,
    expected: { kind: 'answered' },
    why: 'a string is counted to a hundred thousand, so that 40 million occurrences cost no more',
    guilty: false,
  },
  {
    name: 'heap_of_pieces',
    sql: () => "SELECT regex_split(replace(hex(zeroblob(4000000)), '0', 'ab'), '(?=a)', 1)",
    expected: deniedAtOnce('memory_mb'),
    why: 'eight million pieces in JavaScript, outside the cap of SQLite: the guard sees the process grow',
    guilty: true,
    short: { memory_mb: 100 },
    wouldLast: 1.6,
  },
  {
    name: 'heap_to_its_end',
    sql: () => "SELECT regex_split(replace(hex(zeroblob(4000000)), '0', 'ab'), '(?=a)', 1)",
    expected: deniedAtOnce('js_heap_exhausted'),
    why: 'allowed more memory than a heap may have, it dies by SIGABRT: that death is its own doing',
    guilty: true,
    limits: { memory_mb: 4_000 },
  },
];
