import t from 'tap';
import { pathParts } from '../../../workers/parsers/path-parts.ts';
import { parsePathPattern } from '../../../workers/parsers/path-pattern.ts';

/** Whether the last component of a pattern matches a name. */
const matches = (pattern: string, name: string): boolean => {
  const last = parsePathPattern(`/${pattern}`)?.components.at(-1);
  return last?.kind === 'wildcard' ? last.matches(name) : last?.name === name;
};

t.test('% is any part of one name', async (t) => {
  for (const [pattern, name] of [
    ['%', 'passwd'],
    ['%%', 'passwd'],
    ['pass%', 'pass'],
    ['%.conf', 'a.conf'],
    ['a%b%c', 'abc'],
    ['a%b%c', 'a1b2b3c'],
    ['a%bb%b', 'abbb'],
    ['%a%', 'banana'],
    ['.%', '.bashrc'],
    ['.%', '..'],
    ['% %', 'new\n line'],
    ['a_c', 'a_c'],
    ['[ab]%', '[ab]1'],
    ['*%', '*x'],
  ] as const) {
    t.ok(matches(pattern, name), `${pattern} matches ${name}`);
  }
  for (const [pattern, name] of [
    ['%', '.bashrc'],
    ['%rc', '.bashrc'],
    ['pass%', 'Passwd'],
    ['ab%ba', 'aba'],
    ['a%bb%b', 'abb'],
    ['a_c', 'abc'],
    ['[ab]%', 'a1'],
    ['*%', 'x'],
    ['%.conf', 'a.conf.bak'],
  ] as const) {
    t.notOk(matches(pattern, name), `${pattern} does not match ${name}`);
  }
});

t.test('a pattern of many wildcards takes no longer than its length times the name’s', async (t) => {
  const name = 'a'.repeat(255);
  t.notOk(matches(`${'%a'.repeat(120)}%b`, name));
  t.ok(matches('%a'.repeat(120), name));
});

t.test('recursion, trailing slash, and what is no pattern', async (t) => {
  const flags = (pattern: string): unknown => {
    const parsed = parsePathPattern(pattern);
    return parsed && [parsed.components.length, parsed.recursive, parsed.directoriesOnly];
  };
  t.strictSame(flags('/etc/%%'), [2, true, false]);
  t.strictSame(flags('/etc/%%/'), [2, false, true]);
  t.strictSame(flags('/etc/.%%'), [2, true, false]);
  t.strictSame(flags('/etc/x%%'), [2, true, false]);
  t.strictSame(flags('/etc/%%x'), [2, false, false]);
  t.strictSame(flags('/etc/%%\n'), [2, false, false]);
  t.strictSame(flags('/%%/passwd'), [2, false, false], 'only the end recurses');
  t.strictSame(flags('//etc//%'), [2, false, false]);
  t.strictSame(flags('/'), [0, false, true]);
  for (const relative of ['', '%', '%%', 'etc/%', '~/%']) t.equal(flags(relative), undefined, relative);
});

t.test('paths are taken apart as osquery does', async (t) => {
  t.strictSame(pathParts('/etc/passwd'), { directory: '/etc', filename: 'passwd' });
  t.strictSame(pathParts('/etc/'), { directory: '/etc', filename: '.' });
  t.strictSame(pathParts('/etc//passwd'), { directory: '/etc', filename: 'passwd' });
  t.strictSame(pathParts('/vmlinuz'), { directory: '/', filename: 'vmlinuz' });
  t.strictSame(pathParts('/'), { directory: '', filename: '/' });
});
