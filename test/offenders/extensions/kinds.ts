import { bystander } from './bystanders.ts';
import type { ExtensionOffender } from './extension-offender.ts';

/** `extensions_timeout` of the run, long enough for a dozen programs that start at once on two busy cores. */
export const timeout_s = 15;

/** Extensions that take more than their budget. */
const greedy: readonly ExtensionOffender[] = [
  {
    name: 'fork_bomb',
    conduct: { takes: 'forks' },
    budget: { processes: 40 },
    expected: {
      reasons: ['processes'],
      states: ['denied'],
      log: /'fork_bomb' was killed: .*processes/,
      within_s: 5,
    },
    why: 'it doubles; the look after the doubling sees it, and nothing of it is left',
  },
  {
    name: 'leak',
    conduct: { takes: 'memory' },
    budget: { memory_mb: 150 },
    expected: {
      reasons: ['memory_mb', 'cgroup_oom'],
      states: ['denied'],
      log: /'leak' was killed: .*memory/,
      within_s: 5,
    },
    why: 'the memory of an extension is absolute',
  },
  {
    name: 'descriptor_leak',
    conduct: { takes: 'descriptors' },
    expected: {
      reasons: ['descriptors'],
      states: ['denied'],
      log: /'descriptor_leak' was killed: .*descriptors/,
      within_s: 5,
    },
    why: 'what nobody closes runs out for the host, too',
  },
  {
    name: 'burner',
    conduct: { takes: 'cpu' },
    budget: { cpu_percent: 20, cpu_window_ms: 2_000 },
    expected: {
      reasons: ['cpu_percent'],
      states: ['denied'],
      log: /'burner' was killed: .*cpu_percent/,
      within_s: 10,
    },
    why: 'over its share in a whole window',
  },
];

/** Extensions that end, or will not end, or leave somebody behind. */
const mortal: readonly ExtensionOffender[] = [
  {
    name: 'never_registers',
    conduct: { registers: 'never' },
    expected: {
      reasons: [],
      states: ['backing_off'],
      log: /'never_registers' has ended: it did not register in time/,
      within_s: timeout_s + 3,
    },
    why: 'extensions_timeout is over, and a start costs little',
    longOnly: true,
  },
  {
    name: 'daemoniser',
    conduct: { daemonises: true, registers: 'dies' },
    expected: {
      reasons: [],
      states: ['backing_off'],
      log: /'daemoniser' has ended: it ended with code 3; it said: left \d+ behind/,
      within_s: 5,
    },
    why: 'what it started by a double fork in a session of its own is found by its mark, and ends with it',
  },
  {
    name: 'stubborn',
    conduct: { ignoresTerm: true },
    expected: {
      reasons: [],
      log: /'stubborn', \d+, is registered no more/,
      within_s: 10,
      livesOn: true,
    },
    why: 'asked, told by SIGTERM, killed: nobody else has to wait for it',
  },
  {
    name: 'crash_loop',
    conduct: { exits: 5 },
    expected: {
      reasons: [],
      states: ['backing_off'],
      log: /'crash_loop' lived shortly 3 times in a row: it is started again in \d+ s/,
      within_s: 15,
    },
    why: 'a crash hurts nobody but itself: it waits longer each time',
  },
  {
    name: 'register_and_die',
    conduct: { registers: 'dies' },
    expected: {
      reasons: [],
      states: ['backing_off'],
      log: /'register_and_die', \d+, is registered no more/,
      within_s: 5,
    },
    why: 'its table goes with its process',
  },
];

/** Extensions whose tables do harm to who reads them. */
const answering: readonly ExtensionOffender[] = [
  {
    name: 'hanging',
    conduct: { generates: 'never' },
    read: {
      limits: { wall_ms: 3_000 },
      fails: /extension "hanging" did not answer within \d+ .*the query is not at fault/,
    },
    expected: {
      reasons: ['wall_ms'],
      // The first time is forgiven, and so is time that a busy host took.
      states: ['denied', 'backing_off'],
      log: /'hanging' was killed: .*wall_ms/,
      within_s: 10,
    },
    why: 'its query could do nothing but wait',
  },
  {
    name: 'flood',
    conduct: { generates: 'flood' },
    read: { limits: { rows: 5_000 }, fails: /rows limit of 5000/ },
    expected: {
      reasons: [],
      states: ['serving'],
      log: /'reads_flood' was stopped: .*rows/,
      within_s: 10,
      livesOn: true,
    },
    why: 'a table may be large; who reads all of it fails at the cap of rows, which is nobody’s strike',
  },
];

const refused = (name: string, conduct: ExtensionOffender['conduct'], words: string): ExtensionOffender => ({
  name,
  conduct: { after: bystander.name, ...conduct },
  expected: {
    reasons: [],
    states: ['backing_off'],
    log: new RegExp(`'${name}' has ended: it ended with code 2; it said: not registered: ${words}\\.$`),
    within_s: 5,
  },
  why: 'the one that was there first keeps the name',
});

/** Extensions that want what is somebody else's. */
const conflicting: readonly ExtensionOffender[] = [
  refused('namesake', { name: bystander.name, table: 'namesake' }, 'Duplicate extension registered'),
  refused(
    'table_thief',
    { table: bystander.table },
    `Failed adding registry: Registry item ${bystander.table} conflicts with another item of the same name`,
  ),
  refused(
    'shadow',
    { table: 'PROCESSES' },
    'Failed adding registry: Registry item PROCESSES conflicts with another item of the same name',
  ),
];

/** Every kind of extension that hurts, or would. The first waits for a time-out from its start on, the others begin later. */
export const extensionOffenders: readonly ExtensionOffender[] = [
  ...mortal,
  ...greedy,
  ...answering,
  ...conflicting,
];
