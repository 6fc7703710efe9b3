import t from 'tap';
import { parseCrontab } from '../../../workers/parsers/crontab.ts';

const parse = (content: string): object[] => [...parseCrontab(content)];
const everyMinute = { minute: '*', hour: '*', day_of_month: '*', month: '*', day_of_week: '*' };

t.test('five fields of time, or an event, then the command', async (t) => {
  t.strictSame(parse('*/5 0-6,22 1 jan mon-fri\troot  run-parts   /etc/cron.hourly\n'), [
    {
      minute: '*/5',
      hour: '0-6,22',
      day_of_month: '1',
      month: 'jan',
      day_of_week: 'mon-fri',
      command: 'root run-parts /etc/cron.hourly',
    },
  ]);
  t.strictSame(parse('  @reboot\t/usr/bin/true --now'), [
    { event: '@reboot', command: '/usr/bin/true --now' },
  ]);
  t.strictSame(parse('* * * * * echo "a # b" % PATH=/x'), [
    { ...everyMinute, command: 'echo "a # b" % PATH=/x' },
  ]);
});

t.test('comments, settings and lines without a command are no jobs', async (t) => {
  const content = [
    '# a comment of more than six words here',
    '   # an indented one of more than six words',
    'SHELL=/bin/sh',
    'MAILTO = one two three four five six seven',
    '"NAME WITH BLANK" = x',
    "'PATH'=/usr/bin:/bin a b c d e f",
    '* * * * *',
    '@daily',
    '1 2 3',
    '',
    '\t ',
  ].join('\n');
  t.strictSame(parse(content), []);
  t.strictSame(parse(''), []);
});

t.test('CRLF, a torn last line, bytes that are no text', async (t) => {
  t.strictSame(parse('A=b\r\n* * * * * one\r\n\r\n* * * * * tw'), [
    { ...everyMinute, command: 'one' },
    { ...everyMinute, command: 'tw' },
  ]);
  t.strictSame(parse('* * * * * echo \ufffd\0'), [{ ...everyMinute, command: 'echo \ufffd\0' }]);
});

t.test('a huge crontab', async (t) => {
  t.equal(parse(`${'x'.repeat(1e6)}\n${'* * * * * job\n'.repeat(20_000)}`).length, 20_000);
});
