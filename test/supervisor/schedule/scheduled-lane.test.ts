import { readFileSync } from 'node:fs';
import t from 'tap';
import { eventTables } from '../../../protocol/event-tables.ts';
import { scheduledLane } from '../../../supervisor/schedule/scheduled-lane.ts';
import { sharedPath } from '../../shared.ts';

t.test('readers of event tables have a lane of their own', async (t) => {
  t.equal(scheduledLane('SELECT pid, path FROM process_events WHERE uid = 0'), 'events');
  t.equal(scheduledLane('select * from\nFILE_EVENTS'), 'events', 'SQL knows no case');
  t.equal(scheduledLane('SELECT * FROM processes JOIN "user_events" USING (pid)'), 'events');
  t.equal(scheduledLane('SELECT * FROM processes'), 'scheduled');
  t.equal(scheduledLane('SELECT * FROM my_process_events_table'), 'scheduled', 'another name');
});

const schema = sharedPath('reference/osquery-tables.linux.json');
t.test(
  'the event tables are those of the schema',
  { skip: schema === undefined ? 'needs reference/osquery-tables.linux.json' : false },
  async (t) => {
    const { tables } = JSON.parse(readFileSync(schema ?? '', 'utf8')) as {
      readonly tables: readonly { name: string; attributes: { evented: boolean } }[];
    };
    const evented = tables.filter(({ attributes }) => attributes.evented).map(({ name }) => name);
    t.strictSame([...eventTables], evented.toSorted());
  },
);
