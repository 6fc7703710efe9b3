import { eventTables } from '../../protocol/event-tables.ts';
import type { Lane } from '../../protocol/lease.ts';

const namesOne = new RegExp(`\\b(?:${eventTables.join('|')})\\b`, 'i');

/**
 * The lane of a scheduled query. What waits to be read from an event table grows meanwhile, so its readers have a lane
 * of their own. The text is only searched: a name in a comment leads there, too, which does no harm.
 */
export const scheduledLane = (sql: string): Lane => (namesOne.test(sql) ? 'events' : 'scheduled');
