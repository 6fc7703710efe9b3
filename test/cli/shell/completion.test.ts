import t from 'tap';
import { type CompletionNames, completionsOf } from '../../../cli/shell/terminal/completion.ts';

const names: CompletionNames = {
  columns: new Map([
    ['processes', ['pid', 'name', 'path']],
    ['process_envs', ['pid', 'key', 'value']],
    ['users', ['uid', 'username']],
  ]),
  functions: ['lower', 'length'],
  commands: ['mode', 'schema', 'separator', 'tables'],
};

const candidates = (line: string, before = ''): readonly string[] => completionsOf(before, line, names)[0];

t.test('tables stand after FROM and JOIN, and after commas there', async (t) => {
  t.strictSame(candidates('SELECT * FROM proc'), ['processes', 'process_envs']);
  t.strictSame(candidates('select * from PROCESSES'), ['processes'], 'in any case');
  t.strictSame(candidates('SELECT * FROM users JOIN process_'), ['process_envs']);
  t.strictSame(candidates('SELECT * FROM users u, process_'), ['process_envs']);
  t.strictSame(candidates('us', 'SELECT *\nFROM'), ['users'], 'also where FROM stands on the line above');
  t.strictSame(candidates('SELECT * FROM '), ['processes', 'process_envs', 'users']);
});

t.test('elsewhere columns of the named tables, functions and keywords', async (t) => {
  t.strictSame(candidates('SELECT * FROM users WHERE u'), ['uid', 'username', 'union', 'using']);
  t.strictSame(candidates('SELECT * FROM users WHERE U'), ['uid', 'username', 'UNION', 'USING']);
  t.strictSame(candidates('SELECT le'), ['length(', 'left']);
  t.strictSame(candidates('ORDER BY pa', 'SELECT * FROM processes'), ['path', 'partition']);
  t.strictSame(candidates('SELECT '), [], 'not everything there is');
});

t.test('after a point the columns of the table or alias before it', async (t) => {
  t.strictSame(completionsOf('', 'SELECT * FROM processes p JOIN users AS u WHERE u.us', names), [
    ['u.username'],
    'u.us',
  ]);
  t.strictSame(candidates('SELECT * FROM processes p WHERE p.p'), ['p.pid', 'p.path']);
  t.strictSame(candidates('SELECT users.u'), ['users.uid', 'users.username']);
  t.strictSame(candidates('SELECT nobody.u'), []);
});

t.test('commands and their arguments', async (t) => {
  t.strictSame(completionsOf('', '.s', names), [['.schema', '.separator'], '.s']);
  t.strictSame(completionsOf('', '.mode c', names), [['csv', 'column'], 'c']);
  t.strictSame(completionsOf('', '.schema us', names), [['users'], 'us']);
  t.strictSame(completionsOf('', '.print us', names), [[], 'us']);
  t.strictSame(candidates('.s', 'SELECT'), [], 'inside a statement there are no commands');
});
