import t from 'tap';
import { publisherOf } from '../../../workers/host/event-table.ts';
import { tables } from '../../../workers/tables/index.ts';
import { askHost } from './ask-host.ts';

const eventTables = tables.filter((table) => publisherOf(table) !== undefined);

t.test('tables of events are there, empty, and say why, once', async (t) => {
  t.equal(eventTables.length, 11);
  for (const { name } of eventTables) {
    const { rows, failure, warnings } = askHost(`SELECT * FROM ${name}`);
    t.strictSame([rows, failure], [[], undefined], name);
    t.match(warnings, [new RegExp(`^${name} is empty: .* no publisher runs$`)]);
  }
  t.match(askHost('SELECT * FROM syslog').warnings, [/^syslog_events is empty/], 'under its other name');
});

t.test('osquery_events lists publishers and tables, none of them active', async (t) => {
  const rows = (type: string): readonly unknown[] =>
    askHost(
      `SELECT name, publisher FROM osquery_events WHERE type = '${type}' AND active + events = 0 ORDER BY name`,
    ).rows;
  const names = ['auditeventpublisher', 'inotify', 'syslog', 'udev'];
  t.strictSame(
    rows('publisher'),
    names.map((name) => ({ name, publisher: name })),
  );
  t.strictSame(
    rows('subscriber'),
    eventTables.map((table) => ({ name: table.name, publisher: publisherOf(table) })),
  );
});
