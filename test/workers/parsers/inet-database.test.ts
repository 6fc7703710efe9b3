import t from 'tap';
import { parseInetDatabase } from '../../../workers/parsers/inet-database.ts';

t.test('name, number, aliases and a comment', async (t) => {
  t.strictSame(parseInetDatabase('smtp\t\t25/tcp\t\tmail  mail2 # Mail\nip 0 IP\n'), [
    { fields: ['smtp', '25/tcp', 'mail', 'mail2'], comment: 'Mail' },
    { fields: ['ip', '0', 'IP'], comment: '' },
  ]);
  t.strictSame(parseInetDatabase('a 1 #one#two'), [{ fields: ['a', '1'], comment: 'one # two' }]);
});

t.test('empty, torn, CRLF and bytes that are no text', async (t) => {
  t.strictSame(parseInetDatabase(''), []);
  t.strictSame(parseInetDatabase('# only 1/tcp\n\n \t\nalone\nalone # 1/tcp'), []);
  t.strictSame(parseInetDatabase('a 1 b\r\n\r\nc 2 # d\r\ne'), [
    { fields: ['a', '1', 'b'], comment: '' },
    { fields: ['c', '2'], comment: 'd' },
  ]);
  t.strictSame(parseInetDatabase('caf\ufffd 1\0'), [{ fields: ['caf\ufffd', '1\0'], comment: '' }]);
});

t.test('a huge file and a huge line', async (t) => {
  t.equal(parseInetDatabase('a 1/tcp b # c\n'.repeat(100_000)).length, 100_000);
  t.equal(parseInetDatabase(`a 1 ${'b '.repeat(1e6)}${'#'.repeat(1e6)}`)[0]?.fields.length, 1_000_002);
});
