import type { Breach } from './breaches.ts';
import type { Ask, Command, Fault, Reload, Scenario, ScheduledStatement, Statement } from './scenario.ts';
import { scheduledIn } from './scenario.ts';
import type { Step } from './world.ts';

/** A scenario as a person reads it: what runs, what is asked, what goes wrong, each on a line. */
export const describeScenario = (scenario: Scenario): readonly string[] => {
  const { seed, schedule, asked, asks, commands, reloads, faults, faulty_ms } = scenario;
  const { spares, splayPercent, mayDefer } = scenario;
  const ways = [
    ...(spares > 0 ? [', a warm spare'] : []),
    ...(splayPercent > 0 ? [`, splay ${splayPercent} %`] : []),
    ...(mayDefer ? [] : [', no start is put off']),
    ...(scenario.isDecorated ? [', decorated'] : []),
  ];
  const later = scheduledIn(scenario).filter(({ name }) => !schedule.some((each) => each.name === name));
  return [
    `seed ${seed}, faults within ${faulty_ms} ms${ways.join('')}`,
    ...schedule.map((statement) => `  schedule  ${describeScheduled(statement)}`),
    ...later.map((statement) => `  later     ${describeScheduled(statement)}`),
    ...asked.map((statement) => `  may ask   ${describeStatement(statement)}`),
    ...inTime([
      ...asks.map((ask) => ({ at_ms: ask.at_ms, text: describeAsk(ask) })),
      ...commands.map((command) => ({ at_ms: command.at_ms, text: describeCommand(command) })),
      ...reloads.map((reload) => ({ at_ms: reload.at_ms, text: describeReload(reload) })),
      ...faults.map((fault) => ({ at_ms: fault.at_ms, text: describeFault(fault) })),
    ]),
  ];
};

const describeScheduled = (statement: ScheduledStatement): string => {
  const { loggedName, interval_s, paths, snapshot, mayBeDenied } = statement;
  const pack = statement.pack === undefined ? '' : `of pack ${statement.pack}`;
  const all = [snapshot ? 'snapshot' : '', mayBeDenied ? '' : 'never denied', pack];
  const marks = all.filter((mark) => mark !== '');
  return `${loggedName} is ${describeStatement(statement)}, every ${interval_s} s, paths=${paths}${marks.map((mark) => `, ${mark}`).join('')}`;
};

const describeStatement = ({ name, conduct, guilt, shareLimited, throttle_percent }: Statement): string => {
  const facts = Object.entries(conduct)
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : shown(value)}`)
    .join(' ');
  const held = throttle_percent > 0 ? ` held to ${throttle_percent.toFixed(0)} %` : '';
  return `${name}: ${guilt === undefined ? 'innocent' : `guilty of ${guilt}`}; ${facts}${shareLimited ? ' under a share' : ''}${held}`;
};

const shown = (value: unknown): string =>
  typeof value === 'number' && !Number.isInteger(value) && Number.isFinite(value)
    ? value.toFixed(2)
    : String(value);

const describeAsk = ({ name, cancelAfter_ms, readsAfter_ms }: Ask): string => {
  const gives = cancelAfter_ms === undefined ? '' : `, gives up after ${cancelAfter_ms} ms`;
  return `somebody asks ${name}${gives}${readsAfter_ms > 0 ? `, stops reading for ${readsAfter_ms} ms` : ''}`;
};

const describeCommand = (command: Command): string => {
  const { name } = command;
  switch (command.kind) {
    case 'deny':
      return `operator denies ${name} for ${command.for_ms} ms`;
    case 'clear':
      return `operator clears ${name}`;
    case 'override':
      return `operator sets ${JSON.stringify(command.limits)} for ${name} for ${command.for_ms} ms`;
    case 'take_back':
      return `operator takes the override of ${name} back`;
  }
};

const describeReload = ({ schedule }: Reload): string =>
  `the config has ${schedule.map(({ loggedName, name, interval_s, paths }) => `${loggedName}: ${name} every ${interval_s} s, paths=${paths}`).join('; ')}`;

const describeFault = ({ kind, for_ms, amount }: Fault): string =>
  `${kind} for ${for_ms} ms (${amount.toFixed(2)})`;

const inTime = (events: readonly { readonly at_ms: number; readonly text: string }[]): readonly string[] =>
  events
    .toSorted((one, other) => one.at_ms - other.at_ms)
    .map(({ at_ms, text }) => `  ${String(at_ms).padStart(8)} ms  ${text}`);

/** A step on one line; what is long in it is cut. */
export const describeStep = (step: Step): string => {
  const { type, at_ms, unix_ms: _unix_ms, ...rest } = step;
  return `${at_ms.toFixed(0).padStart(8)} ms  ${type.padEnd(18)} ${JSON.stringify(rest).slice(0, 240)}`;
};

export const describeBreach = ({ promise, at_ms, what }: Breach): string =>
  `BROKEN at ${at_ms.toFixed(0)} ms: ${promise}: ${what}`;
