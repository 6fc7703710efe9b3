import { bigint, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const leashActors: Table = defineSupervisorTable({
  name: 'leash_actors',
  description: 'Actors of the supervisor with mailbox and restarts.',
  columns: {
    path: text(),
    state: text(),
    mailbox_depth: bigint(),
    mailbox_high_water: bigint(),
    mailbox_capacity: bigint(),
    received: bigint(),
    dropped: bigint(),
    restarts: bigint(),
    started_time: bigint(),
  },
});
