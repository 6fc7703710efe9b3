import t from 'tap';
import { matchCells } from '../../../../workers/host/yara/match-cells.ts';

t.test('cells are written as osquery writes them', async (t) => {
  const rule = (identifier: string, tags: readonly string[], ...offsets: readonly number[]) => ({
    identifier,
    tags,
    strings: offsets.map((offset_bytes) => ({ identifier: '$a', offset_bytes })),
  });
  const matching = [rule('one', ['x', 'y'], 0, 255), rule('two', ['z'], 4096)];
  t.strictSame(matchCells(matching, true), {
    matches: 'one,two',
    count: 2,
    strings: '$a:0,$a:ff,$a:1000',
    tags: 'x,y,z',
  });
  t.equal(matchCells(matching, false).strings, '');
  t.strictSame(matchCells([], true), { matches: '', count: 0, strings: '', tags: '' });
  const many = rule('many', [], ...Array.from({ length: 20_000 }, (_, index) => index));
  t.equal(matchCells([many], true).strings.split(',').length, 10_000);
});
