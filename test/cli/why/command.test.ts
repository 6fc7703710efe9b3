import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import type { ControlFailure, DaemonClient } from '../../../cli/control-client.ts';
import { runLeash } from '../../../cli/leash-program.ts';
import type { Openers } from '../../../cli/query-service.ts';
import { explain } from '../../../cli/why/explain.ts';
import { layOut } from '../../../cli/why/layout.ts';
import { fail, ok, type Result } from '../../../protocol/result.ts';
import type { WhyAnswer } from '../../../protocol/why.ts';
import { embeddedOnly, fakeService, recordIo } from '../harness.ts';
import { context, denialOf, evidenceOf, factsOf, now_unix_ms, scheduleFacts, verdictOf } from './facts.ts';

const hog = factsOf({ verdicts: [verdictOf()], evidence: evidenceOf(), denials: [denialOf()] });

const answerOf = (change: Partial<WhyAnswer> = {}): WhyAnswer => ({
  now_unix_ms,
  denial_ms: context.denial_ms,
  queries: [hog],
  quiet: [],
  ...change,
});

const run = async (
  argv: readonly string[],
  answer: Result<WhyAnswer, ControlFailure>,
  terminal: Parameters<typeof recordIo>[0] = {},
) => {
  const service = fakeService({});
  const refused = fail({ reason: 'refused', message: 'not asked for' } as const);
  const asked: string[] = [];
  const client: DaemonClient = {
    ...service,
    daemonVersion: '0.1.0',
    daemonPid: 12,
    status: async () => refused,
    denials: async () => refused,
    clearDenials: async () => refused,
    addDenial: async () => refused,
    setLimit: async () => refused,
    clearLimit: async () => refused,
    overrides: async () => refused,
    reload: async () => refused,
    why: async (name) => {
      asked.push(name);
      return answer;
    },
  };
  const openers: Openers = { ...embeddedOnly(service), connect: async () => ok(client) };
  const io = recordIo(terminal);
  const testSandbox = async () => fail({ reason: 'not_run', message: 'not asked for' } as const);
  const code = await runLeash(argv, io, { ...openers, testSandbox });
  return { code, asked, ...io.written };
};

t.test('why NAME prints the explanation', async (t) => {
  const plain = await run(['why', 'hog'], ok(answerOf()), { unicode: true });
  t.match(plain, { code: 0, asked: ['hog'], err: '' });
  t.equal(
    plain.out,
    layOut(explain(hog, context), { colours: false, unicode: true, columns: () => undefined }),
  );
  const terminal = await run(['why', 'hog'], ok(answerOf()), { outIsTerminal: true, colours: true });
  t.match(terminal.out, '\u001b[1m');
  t.match(stripVTControlCharacters(terminal.out), /^'hog' is denied/);
});

t.test('why --json prints facts and words', async (t) => {
  const { out, code } = await run(['why', '--json', 'hog'], ok(answerOf()));
  t.equal(code, 0);
  const [query] = (JSON.parse(out) as { queries: readonly { explanation: readonly string[] }[] }).queries;
  t.match(query, { name: 'hog', evidence: { points: { length: 61 } } });
  t.match(query?.explanation[0], "'hog' is denied");
  t.ok(query?.explanation.some((text) => text.startsWith('leash denylist clear hog')));
});

t.test('of a pack what has nothing to explain is named in a line', async (t) => {
  const { out } = await run(['why', 'p'], ok(answerOf({ queries: [], quiet: ['pack_p_a', 'pack_p_b'] })));
  t.equal(out, '2 queries of the pack have nothing to explain: pack_p_a, pack_p_b.\n');
});

t.test('what the daemon refuses is an error of one line', async (t) => {
  const message = "no query and no pack is called 'hgo'; did you mean 'hog'?";
  t.match(await run(['why', 'hgo'], fail({ reason: 'refused', message })), {
    code: 1,
    out: '',
    err: `Error: ${message}\n`,
  });
  t.match(await run(['why'], ok(answerOf())), { code: 1, err: /missing required argument/ });
});

t.test('without a daemon it says what the other commands say', async (t) => {
  const io = recordIo();
  const testSandbox = async () => fail({ reason: 'not_run', message: 'not asked for' } as const);
  t.equal(await runLeash(['why', 'hog'], io, { ...embeddedOnly(fakeService({})), testSandbox }), 1);
  t.equal(io.written.err, 'Error: no daemon answers at /nowhere/control.sock\n');
});

t.test('nothing that a name, an SQL text or a message holds reaches a terminal as a command', async (t) => {
  const control = fc.constantFrom(
    '\u001b',
    '\u009b',
    '\u0085',
    '\r',
    '\n',
    '\0',
    '\u007f',
    '\u202e',
    '\u2066',
  );
  const unit = fc.oneof(control, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }));
  const hostile = fc.string({ unit, minLength: 1, maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(hostile, hostile, fc.boolean(), async (name, text, json) => {
      const facts = factsOf({
        name,
        sql: `SELECT '${text}%%' FROM "${text}", b`,
        verdicts: [verdictOf({ queryId: name, sql: text })],
        evidence: evidenceOf({ queryId: name }),
        denials: [
          denialOf({ queryId: name, sql: text }),
          denialOf({ queryId: name, sql: text, sqlHash: 'other' }),
        ],
        schedule: scheduleFacts({ lastFault: { at_unix_ms: 0, reason: 'sql_error', message: text } }),
      });
      const adhoc = { ...facts, name: 'adhoc', schedule: null };
      const argv = ['why', ...(json ? ['--json'] : []), 'x'];
      const { out } = await run(argv, ok(answerOf({ queries: [facts, adhoc], quiet: [name, text] })));
      // Apart from line ends: no control character, none that turns the direction of writing.
      return !/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(out.replaceAll('\n', ''));
    }),
    { numRuns: 300 },
  );
  t.pass();
});
