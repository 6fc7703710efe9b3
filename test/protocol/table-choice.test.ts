import t from 'tap';
import { leftOutBy, readTableChoice } from '../../protocol/table-choice.ts';
import { flagsOf } from '../supervisor/config/flags-of.ts';

const choiceOf = (flags: Readonly<Record<string, string>>) => readTableChoice(flagsOf(flags));

t.test('names between commas, as osquery reads them', async (t) => {
  t.strictSame(choiceOf({ disable_tables: ' a, b,,', enable_tables: 'c' }), {
    enabled: ['c'],
    disabled: ['a', 'b'],
  });
  t.equal(choiceOf({}), undefined);
  t.equal(choiceOf({ disable_tables: ' , ' }), undefined);
});

t.test('what is disabled is not there; where something is enabled, nothing else is', async (t) => {
  const disabled = { enabled: [], disabled: ['curl'] };
  const enabled = { enabled: ['time', 'curl'], disabled: ['curl'] };
  for (const [choice, names, flag] of [
    [disabled, ['curl'], 'disable_tables'],
    [disabled, ['time'], undefined],
    [disabled, ['curl_file', 'curl'], 'disable_tables'],
    [enabled, ['curl'], 'disable_tables'],
    [enabled, ['time'], undefined],
    [enabled, ['clock', 'time'], undefined],
    [enabled, ['users'], 'enable_tables'],
    [enabled, ['osquery_registry'], undefined],
  ] as const)
    t.equal(leftOutBy(choice, names), flag, names.join());
});
