import { type Columns, defineTable, type Table } from '../../protocol/table.ts';

/** Who would fill an event table, by osquery's name for it. */
export type Publisher = 'auditeventpublisher' | 'inotify' | 'syslog' | 'udev';

/** What a table of events declares. */
export interface EventTableSpec {
  readonly name: string;
  readonly description: string;
  readonly publisher: Publisher;
  readonly columns: Columns;
  readonly aliases?: readonly string[];
}

/** Publisher of each table of events. */
const publishers = new Map<Table, Publisher>();

/** Where each publisher would get its events from. */
const sources: Readonly<Record<Publisher, string>> = {
  auditeventpublisher: 'the kernel’s audit records',
  inotify: 'changes of files',
  syslog: 'lines from syslog’s pipe',
  udev: 'the kernel’s device events',
};

/** Declares a table of events. It is empty while nobody collects them, and who asks is told so. */
export const defineEventTable = (spec: EventTableSpec): Table => {
  const { name, description, publisher, columns, aliases } = spec;
  const table = defineTable({
    name,
    description,
    columns,
    ...(aliases === undefined ? {} : { aliases }),
    generate: (query) => {
      query.warn(`${name} is empty: ${sources[publisher]} are not collected, as no publisher runs`);
      return [];
    },
  });
  publishers.set(table, publisher);
  return table;
};

/** The publisher of a table; undefined for one that is no table of events. */
export const publisherOf = (table: Table): Publisher | undefined => publishers.get(table);
