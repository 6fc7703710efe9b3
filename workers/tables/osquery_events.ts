import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { publisherOf } from '../host/event-table.ts';

/**
 * The table over every table that there is, which are known after it. Nothing is collected yet, so nobody is active and
 * every count is 0.
 */
export const osqueryEvents = (tables: () => readonly Table[]): Table =>
  defineTable({
    name: 'osquery_events',
    description: 'Publishers of events, and the tables that would be filled from them.',
    columns: {
      name: text(),
      publisher: text(),
      type: text(),
      subscriptions: integer(),
      events: integer(),
      refreshes: integer(),
      active: integer(),
    },
    *generate() {
      const idle = { subscriptions: 0, events: 0, refreshes: 0, active: 0 };
      const subscribers = tables().flatMap((table) => {
        const publisher = publisherOf(table);
        return publisher === undefined ? [] : [{ name: table.name, publisher, type: 'subscriber', ...idle }];
      });
      for (const name of new Set(subscribers.map(({ publisher }) => publisher)))
        yield { name, publisher: name, type: 'publisher', ...idle };
      yield* subscribers;
    },
  });
