/** When a table of an extension is there, from what it told when it was asked for its columns. */
import fc from 'fast-check';
import t from 'tap';
import {
  type ColumnsAnswer,
  judgeExtensionTable,
  type TableHistory,
  type TableVerdict,
  unasked,
} from '../../policies/judge-extension-table.ts';

/** The verdicts on these answers, one a second, and the history after them. */
const judged = (
  answers: readonly ColumnsAnswer[],
): { readonly verdicts: readonly TableVerdict[]; readonly history: TableHistory } => {
  let history = unasked;
  const verdicts = answers.map((answer, second) => {
    const judgement = judgeExtensionTable(history, answer, 1_000 * second);
    history = judgement.history;
    return judgement.verdict;
  });
  return { verdicts, history };
};

t.test('twice in a row without columns it is away, and it comes back with the first answer', async (t) => {
  const { verdicts } = judged(['registered', 'none', 'registered', 'none', 'none', 'none', 'registered']);
  t.strictSame(verdicts, ['keep', 'keep', 'keep', 'keep', 'take_off', 'keep', 'bring_back']);
  t.match(judged(['registered', 'none', 'none', 'none']).history, { awaySince_unix_ms: 2_000 });
});

t.test('one that never told what it registered is never taken off', async (t) => {
  t.strictSame(new Set(judged(['none', 'none', 'none', 'none']).verdicts), new Set(['keep']));
  t.strictSame(new Set(judged(['other', 'none', 'none', 'none']).verdicts), new Set(['keep']));
});

t.test('other columns than it registered are an answer, and are remembered', async (t) => {
  const { verdicts, history } = judged(['registered', 'none', 'other', 'none', 'none', 'other']);
  t.strictSame(verdicts, ['keep', 'keep', 'keep', 'keep', 'take_off', 'bring_back']);
  t.equal(history.differs, true);
  t.equal(judged(['registered', 'none']).history.differs, false);
});

t.test('whatever it answers, it is away if and only if it is proven and silent twice since', async (t) => {
  const answers = fc.array(fc.constantFrom<ColumnsAnswer>('registered', 'other', 'none'), { maxLength: 30 });
  const isAwayAfter = (told: readonly ColumnsAnswer[]): boolean => {
    const proven = told.includes('registered');
    return proven && told.length >= 2 && told.slice(-2).every((answer) => answer === 'none');
  };
  fc.assert(
    fc.property(answers, (told) => {
      const { verdicts, history } = judged(told);
      for (const [index, verdict] of verdicts.entries()) {
        const [before, after] = [isAwayAfter(told.slice(0, index)), isAwayAfter(told.slice(0, index + 1))];
        const expected = before === after ? 'keep' : after ? 'take_off' : 'bring_back';
        if (verdict !== expected) return false;
      }
      return isAwayAfter(told) === (history.awaySince_unix_ms !== undefined);
    }),
  );
  t.pass('every one of them');
});
