/** Whose turn it is to be asked for its columns, and what an answer or none of it means, without sockets or time. */
import fc from 'fast-check';
import t from 'tap';
import type { CallFailure } from '../../../../platform/extension-wire.ts';
import { readTableRoute, type TableRoute } from '../../../../protocol/extension/table-route.ts';
import type { ExtensionResponse, PluginResponse } from '../../../../protocol/extension/types.ts';
import { failedResponse, succeeded } from '../../../../protocol/extension/types.ts';
import { fail, ok, type Result } from '../../../../protocol/result.ts';
import {
  awayTables,
  firstTurns,
  type JudgedTable,
  judgeSilence,
  nextTurn,
  type TableTurns,
  tableAnswered,
} from '../../../../supervisor/extensions/life/table-turns.ts';

type Answer = Result<ExtensionResponse, CallFailure>;

const columns = (...names: readonly string[]): PluginResponse =>
  names.map(
    (name) =>
      new Map([
        ['id', 'column'],
        ['name', name],
        ['type', 'BIGINT'],
        ['op', '0'],
      ]),
  );

const routeOf = (name: string): TableRoute => {
  const route = readTableRoute(name, columns('a', 'b'), true);
  if (!route.ok) throw new Error(route.error.message);
  return route.value;
};

const told = (response: PluginResponse): Answer => ok({ status: succeeded(), response });
const registered = told(columns('b', 'a'));
const other = told(columns('a', 'c'));
const refused: Answer = ok(failedResponse(`no such table ${'x'.repeat(1_000)}`));
const silent: Answer = fail({ reason: 'deadline', message: 'it did not answer in time' });

/** A life of turns: pings that succeed, each followed by the question whose turn it is. */
class Life {
  turns: TableTurns;
  readonly judged: (JudgedTable | undefined)[] = [];

  constructor(...names: readonly string[]) {
    this.turns = firstTurns(names.map(routeOf));
  }

  ping(): string | undefined {
    const [heard, judgement] = judgeSilence(this.turns, 5_000);
    this.judged.push(judgement);
    const [turns, table] = nextTurn(heard);
    this.turns = turns;
    return table;
  }

  answer(table: string, answer: Answer): void {
    const [turns, judgement] = tableAnswered(this.turns, table, answer, 5_000);
    this.turns = turns;
    this.judged.push(judgement);
  }

  /** Each answer to a question of its own. */
  through(...answers: readonly Answer[]): readonly string[] {
    return answers.map((answer) => {
      const table = this.ping() ?? '';
      this.answer(table, answer);
      return table;
    });
  }

  verdicts(): readonly string[] {
    return this.judged.flatMap((each) => (each === undefined ? [] : [`${each.table} ${each.verdict}`]));
  }
}

t.test('tables take turns, one question at a time', async (t) => {
  const life = new Life('t', 'u');
  t.equal(life.ping(), 't');
  t.equal(life.ping(), undefined, 'it has not answered yet');
  life.answer('u', refused);
  t.strictSame(life.verdicts(), [], 'who is not asked says nothing');
  life.answer('t', registered);
  t.strictSame(life.through(registered, registered, registered), ['u', 't', 'u']);
  t.equal(new Life().ping(), undefined);
});

t.test('what told its columns once and then answers a status twice is away alone', async (t) => {
  const life = new Life('t', 'u');
  life.through(registered, registered, refused, registered, refused, registered);
  t.strictSame(awayTables(life.turns), new Map([['t', 5_000]]));
  const last = life.judged.findLast((each) => each?.verdict === 'take_off');
  t.match(last, { table: 't', why: /^it answers status 1: no such table x+$/ });
  t.equal(last?.why.length, 200, 'shortened');
  life.through(registered);
  t.strictSame(awayTables(life.turns), new Map());
  t.equal(life.verdicts().at(-1), 't bring_back');
});

t.test('silence counts when the extension answers a ping after it, and not before', async (t) => {
  const life = new Life('t');
  life.through(registered, silent, silent);
  t.strictSame(awayTables(life.turns), new Map(), 'the second one may be the end of the extension');
  life.ping();
  t.strictSame(awayTables(life.turns), new Map([['t', 5_000]]));
  t.match(life.judged.at(-1), { verdict: 'take_off', why: 'it did not answer in time' });
});

t.test('one that never told its columns is not taken off, and not asked again after a silence', async (t) => {
  const life = new Life('t', 'u', 'v');
  life.through(refused, other, silent, refused, other, refused, other);
  t.strictSame(awayTables(life.turns), new Map());
  t.strictSame([...life.turns.tables.keys()].sort(), ['t', 'u']);
});

t.test('other columns are told once; another order is the same', async (t) => {
  const life = new Life('t');
  life.through(registered, other, registered, other, told([]));
  const broken = life.judged.filter((each) => each !== undefined);
  t.strictSame(
    broken.map(({ brokePromise }) => brokePromise),
    [false, true, false, false, false],
  );
  t.strictSame(awayTables(life.turns), new Map());
});

t.test('whatever they answer: each is away exactly for its own last two answers', async (t) => {
  const names = ['t', 'u', 'v'];
  const event = fc.constantFrom<'ping' | Answer>('ping', 'ping', registered, other, refused, silent);
  fc.assert(
    fc.property(fc.array(event, { maxLength: 120 }), (events) => {
      const life = new Life(...names);
      const answers = new Map(names.map((name): [string, Answer[]] => [name, []]));
      let asked: string | undefined;
      let pending: string | undefined;
      for (const each of events) {
        if (each === 'ping') {
          if (pending !== undefined) answers.get(pending)?.push(silent);
          pending = undefined;
          const table = life.ping();
          if (table !== undefined && asked !== undefined) return false;
          asked = table ?? asked;
        } else if (asked !== undefined) {
          life.answer(asked, each);
          if (each === silent) pending = asked;
          else answers.get(asked)?.push(each);
          asked = undefined;
        }
        const expected = names.filter((name) => {
          const its = answers.get(name) ?? [];
          const misses = its.slice(-2).filter((answer) => answer === silent || answer === refused);
          return misses.length === 2 && its.includes(registered);
        });
        if ([...awayTables(life.turns).keys()].sort().join() !== expected.join()) return false;
      }
      return true;
    }),
  );
  t.pass('every one of them');
});
