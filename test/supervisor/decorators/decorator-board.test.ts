import t from 'tap';
import { DecoratorBoard } from '../../../supervisor/decorators/decorator-board.ts';

const decorators = (source: string) => ({ source, load: [], always: [], interval: [] });
const values = (members: Readonly<Record<string, string>>) => new Map(Object.entries(members));

t.test('values stand in name order; where sources disagree the last in name order wins', async (t) => {
  const board = new DecoratorBoard([decorators('b'), decorators('a')]);
  board.put('b', values({ z: 'of b', x: 'of b' }));
  board.put('a', values({ z: 'of a', y: 'of a' }));
  board.put('a', values({ y: 'later' }));
  t.strictSame(Object.entries(board.current()), [
    ['x', 'of b'],
    ['y', 'later'],
    ['z', 'of b'],
  ]);
  board.forget('b');
  t.strictSame(board.current(), { y: 'later', z: 'of a' });
});

t.test('lines wait from the moment at which another config is there', async (t) => {
  const board = new DecoratorBoard([]);
  t.ok(board.isSettled, 'not without decorators');
  board.put('a', values({ x: '1' }));
  board.replace([decorators('a')]);
  t.notOk(board.isSettled);
  t.strictSame(board.current(), {});
  const resumed: number[] = [];
  board.onceSettled(() => resumed.push(1));
  board.onceSettled(() => resumed.push(2));
  board.settle();
  board.settle();
  t.ok(board.isSettled);
  t.strictSame(resumed, [1, 2]);
});
