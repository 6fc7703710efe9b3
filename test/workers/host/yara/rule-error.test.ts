import t from 'tap';
import { ruleError } from '../../../../workers/host/yara/rule-error.ts';

t.test('several lines become a sentence; what has another form stays as it is', async (t) => {
  const told = [
    'error[E001]: syntax error',
    ' --> line:12:9',
    '   |',
    '12 | rule x {',
    '   |         ^ expecting `condition`, found end of file',
  ];
  t.equal(
    ruleError(told.join('\n')),
    'syntax error in line 12, column 9: expecting `condition`, found end of file',
  );
  t.equal(ruleError(told.slice(0, 2).join('\n')), 'syntax error in line 12, column 9');
  t.equal(ruleError(told.slice(0, 1).join('\n')), 'syntax error');
  t.equal(ruleError('out of everything'), 'out of everything');
  t.equal(ruleError(''), '');
});
