import { mutationsOfTerms } from './mutations-of-terms.ts';

/** A deliberate fault of the supervisor, planted in a copy of the tree: the simulation must find it. */
export interface Mutation {
  readonly name: string;
  /** What it takes away, and whom that would hurt. */
  readonly reason: string;
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

export const mutations: readonly Mutation[] = [
  {
    name: 'kill before the journal',
    reason: 'a kill of which nobody can say why, when the supervisor dies in between',
    file: 'supervisor/watchdog/judge.ts',
    find: 'const stored = this.#deps.store.putVerdict(verdict, denial, evidence);\n    const final',
    replace: 'const stored = { ok: true };\n    const final',
  },
  {
    name: 'leave the journal for later',
    reason: 'the signal goes out although the store would have taken the verdict',
    file: 'supervisor/watchdog/judge.ts',
    find: 'const stored = this.#deps.store.putVerdict(verdict, denial, evidence);\n    const final',
    replace: "const stored = { ok: false, error: { reason: 'io', message: 'later' } };\n    const final",
  },
  {
    name: 'blame the newest query',
    reason: 'with several workers busy an innocent query is denied in place of the guilty one',
    file: 'supervisor/watchdog/judge.ts',
    find: 'const { clock, random, denylist, emit } = this.#deps;',
    replace: `const { clock, random, denylist, emit } = this.#deps;
    const open = this.#deps.store.openLeases();
    lease = (open.ok ? open.value.at(-1) : undefined) ?? lease;`,
  },
  {
    name: 'forget the start time',
    reason: "a stranger that got a dead worker's pid is held against the query",
    file: 'policies/judge-sample.ts',
    find: 'one.pid === other.pid && one.startTicks === other.startTicks',
    replace: 'one.pid === other.pid',
  },
  {
    name: 'show a stranger as evidence',
    reason: 'leash why shows the memory of a process that has nothing to do with the query',
    file: 'supervisor/watchdog/watch.ts',
    find: ' || !sameProcess(sample.value, this.#baseline)',
    replace: '',
  },
  {
    name: 'commit the baseline before the spool',
    reason: 'a kill between the two loses the lines of a run for ever',
    file: 'supervisor/ledger/perform-task.ts',
    find: 'ledger.store.commit(run.name, assessment.baseline, assessment.log, assessment.lines);',
    replace:
      'ledger.store.commit(run.name, assessment.baseline, assessment.log, []);\n      ledger.store.commit(run.name, assessment.baseline, assessment.log, assessment.lines);',
  },
  {
    name: 'start a denied query',
    reason: 'what was denied goes on costing its host',
    file: 'supervisor/workforce/workforce.ts',
    find: "admission.kind === 'denied' && request.mayBeDenied",
    replace: "admission.kind === 'denied' && !request.mayBeDenied",
  },
  {
    name: 'ask the denylist only at the door',
    reason: 'a query that was denied while it waited in its lane runs all the same',
    file: 'supervisor/workforce/workforce.ts',
    find: 'request === undefined ? undefined : this.#admitted(request);',
    replace: 'request;',
  },
  {
    name: 'forget that a denial ends',
    reason: 'after its denial a query runs freely, without the probation run that must decide',
    file: 'policies/denylist.ts',
    find: "{ ...record, state: 'probation' }",
    replace: "{ ...record, state: 'watched' }",
  },
  {
    name: "charge the former query's CPU",
    reason: 'an innocent query pays for what its worker did before',
    file: 'policies/cpu-budget.ts',
    find: 'last.cpu_ms - run.baseline.cpu_ms',
    replace: 'last.cpu_ms',
  },
  {
    name: "charge the former query's memory",
    reason: 'an innocent query pays for what its worker kept',
    file: 'policies/memory.ts',
    find: 'sample.private_bytes - baseline.private_bytes',
    replace: 'sample.private_bytes - Math.min(baseline.private_bytes, 60 * 2 ** 20)',
  },
  {
    name: 'count strikes twice',
    reason: 'a first offence is denied as long as a second one',
    file: 'policies/denylist.ts',
    find: '(current?.strikes ?? 0) + 1',
    replace: '(current?.strikes ?? 0) + 2',
  },
  {
    name: 'spare the leftovers',
    reason: 'a worker that was stopped when its supervisor died lives for ever',
    file: 'supervisor/supervisor.ts',
    find: 'ports.processHost.killOrphans()',
    replace: '[]',
  },
  {
    name: 'send though the lease was not stored',
    reason: 'a supervisor that dies then leaves a worker of which its successor knows nothing',
    file: 'supervisor/workforce/workforce.ts',
    find: 'if (!stored.ok) {',
    replace: 'if (!stored.ok && stored.error.reason === "locked") {',
  },
  {
    name: 'start again without back-off',
    reason: 'a host that cannot start a worker is asked to without a pause',
    file: 'supervisor/workforce/fleet.ts',
    find: 'this.#context.clock.monotonicMs() + delay_ms',
    replace: '0',
  },
  {
    name: 'let a query kill workers',
    reason: 'a query whose workers crash makes the house flap',
    file: 'supervisor/workforce/workforce.ts',
    find: "end.how !== 'crashed'",
    replace: "end.how !== 'cancelled'",
  },
  {
    name: 'lose a verdict that the store refused',
    reason: 'what was done while the disk was full is never told',
    file: 'supervisor/watchdog/judge.ts',
    find: '[...this.#unjournalled, { verdict: final, evidence }]',
    replace: 'this.#unjournalled',
  },
  {
    name: 'say that every verdict is stored',
    reason: 'nobody learns that a denial will not outlive the supervisor',
    file: 'supervisor/watchdog/judge.ts',
    find: '{ ...verdict, journalled: false }',
    replace: 'verdict',
  },
  {
    name: 'leave a worker paused',
    reason: 'the next query of a worker is never heard, and killed for its time',
    file: 'supervisor/workforce/worker/lease.ts',
    find: '// An asker that said `wait` at the last rows has nothing left to resume: the next query must be heard.\n  process.resumeReading();',
    replace: '',
  },
  {
    name: 'judge time after a hold-up',
    reason: 'a query that was done long ago is killed because its guard had not heard it yet',
    file: 'policies/wall.ts',
    find: 'isLate(run.late_ms)',
    replace: 'false',
  },
  {
    name: 'put the deadline off for ever',
    reason: 'where every look is late, a query that hangs is never stopped',
    file: 'supervisor/watchdog/watch.ts',
    find: 'this.#wasPutOff ? 0 : Math.max(0, now_ms - this.#planned_ms)',
    replace: '1_000',
  },
  {
    name: 'try in a used worker',
    reason: 'a probation run is judged by what an earlier query left in the process',
    file: 'supervisor/workforce/slots.ts',
    find: ' && (!fresh || slot.queries === 0)',
    replace: '',
  },
  {
    name: 'let everything open sockets',
    reason: 'queries that need no socket run where they could open one',
    file: 'supervisor/workforce/workforce.ts',
    find: "this.#state.netQueries.has(sqlHash) ? 'net' : 'pure'",
    replace: "'net'",
  },
  {
    name: 'forget who needs a socket',
    reason: 'each run of such a query costs a lease in vain',
    file: 'supervisor/workforce/workforce.ts',
    find: 'this.#state.netQueries.learn(request.sqlHash);',
    replace: '',
  },
  {
    name: 'lose who needs a socket',
    reason: 'its asker waits for ever',
    file: 'supervisor/workforce/workforce.ts',
    find: "this.#state.queues.putBack(request, 'net');",
    replace: '',
  },
  {
    name: 'fail what a lost worker was given',
    reason: 'an innocent query fails because somebody killed a worker that ran nothing',
    file: 'supervisor/workforce/workforce.ts',
    find: 'if (lostWorkers <= this.#deps.limits.maxWorkers)',
    replace: 'if (lostWorkers < 1)',
  },
  {
    name: 'tell that it needs a socket',
    reason: 'the asker gets a failure in place of rows',
    file: 'supervisor/workforce/worker/lease.ts',
    find: "return leaseOver(turn, run, { how: 'needs_net', worker });",
    replace:
      "run.listener.done(failed('sql_error', 'it needs a socket'));\n  return leaseOver(turn, run, { how: 'needs_net', worker });",
  },
  {
    name: 'acknowledge before the file',
    reason: 'lines that a full disk did not take are gone',
    file: 'supervisor/ledger/file-sink.ts',
    find: 'const match = matchHead(bytes.subarray(0, written), lines);',
    replace: 'const match = matchHead(bytes, lines);',
  },
  {
    name: 'begin a log unknown to the store',
    reason: 'lines are written twice when somebody moves a log that was just begun',
    file: 'supervisor/ledger/file-sink.ts',
    find: 'this.#acknowledge(file, 0, undefined);\n    return problem;',
    replace: 'return problem;',
  },
  {
    name: 'run every pack',
    reason: 'queries run on hosts that their pack is not for',
    file: 'supervisor/schedule/scheduler.ts',
    find: 'deps.packs.active(deps.book.entries())',
    replace: 'deps.book.entries()',
  },
  {
    name: 'ask discovery only once',
    reason: 'a worker that dies under a discovery query keeps its pack from ever running',
    file: 'supervisor/packs/discovery.ts',
    find: '  askAfter(context, pack, askAgainBackoff_ms(times, context.random.fraction()));\n',
    replace: '',
  },
  {
    name: 'wait for decorators for ever',
    reason: 'results are never logged',
    file: 'supervisor/decorators/decorators.ts',
    find: 'return deps.board.settle();',
    replace: 'return;',
  },
  {
    name: 'leave the decorations out',
    reason: 'nobody can tell which host of the fleet a line is of',
    file: 'supervisor/ledger/recorder.ts',
    find: 'decorations: deps.decorators.current()',
    replace: 'decorations: {}',
  },
  ...mutationsOfTerms,
];
