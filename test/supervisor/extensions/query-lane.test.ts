import fc from 'fast-check';
import t from 'tap';
import { emptyLane, enter, leave, type QueryLane, read } from '../../../supervisor/extensions/query-lane.ts';

t.test('queries run one after another, in order', (t) => {
  const [first, started] = enter(emptyLane, { id: 1, door: 'a', asked: undefined });
  t.equal(started.kind, 'start');
  const [second, waits] = enter(first, { id: 2, door: 'b', asked: undefined });
  t.equal(waits.kind, 'wait');
  const [after, next] = leave(second);
  t.strictSame([after.running, next?.id], [{ id: 2, door: 'b', asked: undefined }, 2]);
  t.strictSame(leave(after), [emptyLane, undefined]);
  t.end();
});

t.test('a query that the running one would wait for is refused', (t) => {
  const [running] = enter(emptyLane, { id: 1, door: 'a', asked: undefined });
  const [waiting] = enter(running, { id: 2, door: 'b', asked: undefined });
  const [reading, refused] = read(waiting, ['b']);
  t.strictSame(refused, [{ id: 2, door: 'b', asked: undefined }], 'the one that waits already');
  t.equal(
    enter(reading, { id: 3, door: 'b', asked: undefined })[1].kind,
    'refuse',
    'and the one that comes then',
  );
  t.equal(enter(reading, { id: 4, door: 'c', asked: undefined })[1].kind, 'wait', 'no other');
  const [next] = leave(reading);
  t.equal(enter(next, { id: 5, door: 'b', asked: undefined })[1].kind, 'start', 'nor afterwards');
  t.strictSame(read(emptyLane, ['a']), [emptyLane, []], 'nothing runs, nothing is read');
  t.end();
});

t.test('whoever is taken in is started once or refused, and the lane is bounded', (t) => {
  const door = fc.constantFrom('a', 'b', 'c');
  const steps = fc.array(
    fc.oneof(
      fc.record({ type: fc.constant('enter' as const), door }),
      fc.record({ type: fc.constant('read' as const), door }),
      fc.constant({ type: 'leave' as const }),
    ),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(steps, (taken) => {
      let lane: QueryLane<undefined> = emptyLane;
      const owed = new Set<number>();
      for (const [id, step] of taken.entries()) {
        if (step.type === 'enter') {
          const query = { id, door: step.door, asked: undefined };
          const [next, admission] = enter(lane, query);
          if (admission.kind === 'wait') owed.add(id);
          if (admission.kind === 'refuse' && next !== lane) return false;
          lane = next;
        } else if (step.type === 'read') {
          const [next, refused] = read(lane, [step.door]);
          for (const query of refused) if (!owed.delete(query.id)) return false;
          lane = next;
        } else if (lane.running !== undefined) {
          const [next, started] = leave(lane);
          if (started !== undefined && !owed.delete(started.id)) return false;
          lane = next;
        }
        if (lane.waiting.length > 16 || lane.waiting.length !== owed.size) return false;
        if (lane.running === undefined && lane.waiting.length > 0) return false;
        if (lane.waiting.some(({ door }) => lane.reading.has(door))) return false;
      }
      return true;
    }),
  );
  t.pass('every one of them');
  t.end();
});
