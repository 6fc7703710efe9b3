import fc from 'fast-check';
import t from 'tap';
import {
  familyMembers,
  KnownMembers,
  type ProcessEntry,
} from '../../../../platform/node/process-family/members.ts';

const leader = { pid: 100, startTicks: 1000 };

const entry = (pid: number, more: Partial<ProcessEntry> = {}): ProcessEntry => ({
  pid,
  startTicks: 1000 + pid,
  parent: 1,
  group: pid,
  session: pid,
  isZombie: false,
  marks: ['LEASH_WORKER=other'],
  ...more,
});
const itself = entry(100, { startTicks: 1000 });

const membersOf = (all: readonly ProcessEntry[], known = new KnownMembers(leader), inCgroup: number[] = []) =>
  familyMembers(all, known, { leader, mark: 'LEASH_EXTENSION=life', inCgroup: new Set(inCgroup) }).map(
    ({ pid }) => pid,
  );

t.test('each way to belong', async (t) => {
  t.strictSame(membersOf([itself, entry(200)]), [100]);
  t.strictSame(membersOf([itself, entry(200, { parent: 100 })]), [100, 200], 'a child');
  t.strictSame(
    membersOf([entry(300, { parent: 200 }), entry(200, { parent: 100 }), itself]).sort(),
    [100, 200, 300],
  );
  t.strictSame(membersOf([entry(200, { group: 100 })]), [200], 'its group, when the leader is gone');
  t.strictSame(membersOf([entry(200, { session: 100 })]), [200], 'its session');
  t.strictSame(membersOf([entry(200, { marks: ['LEASH_EXTENSION=life'] })]), [200], 'the mark');
  t.strictSame(membersOf([entry(200)], undefined, [200]), [200], 'the cgroup');
  const known = new KnownMembers(leader);
  known.add({ pid: 200, startTicks: 1200 });
  t.strictSame(membersOf([entry(200)], known), [200], 'seen before');
  t.strictSame(
    membersOf([entry(300, { session: 200 }), entry(200)], known),
    [200, 300],
    'the session of such a one',
  );
});

t.test('a later process with the number of a member is none', async (t) => {
  t.strictSame(membersOf([entry(100, { startTicks: 1001, group: 7, session: 7 })]), []);
  const known = new KnownMembers(leader);
  known.add({ pid: 200, startTicks: 1200 });
  t.strictSame(membersOf([entry(200, { startTicks: 1300 })], known), []);
  known.keepOnly([leader]);
  t.strictSame(membersOf([entry(200)], known), [], 'who was gone is forgotten');
  t.strictSame(
    membersOf([entry(50, { startTicks: 900, session: 100 })]),
    [],
    'nobody older is in its session',
  );
});

t.test('whatever the tree: descendants belong, and nobody without a tie does', async () => {
  const parents = fc.array(fc.nat(), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(parents, fc.nat(), (draws, shuffle) => {
      // Process i + 1 is a child of one before it, or of init; 100 is the leader.
      const all = [itself];
      const belongs = new Set([100]);
      for (const [index, draw] of draws.entries()) {
        const pid = 101 + index;
        const parent = [1, ...all.map((each) => each.pid)][draw % (all.length + 1)] ?? 1;
        all.push(entry(pid, { parent }));
        if (belongs.has(parent)) belongs.add(pid);
      }
      const turn = shuffle % all.length;
      const found = membersOf([...all.slice(turn), ...all.slice(0, turn)]);
      return found.length === belongs.size && found.every((pid) => belongs.has(pid));
    }),
  );
});
