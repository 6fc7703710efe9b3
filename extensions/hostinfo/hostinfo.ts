#!/usr/bin/env node
/**
 * What Leash itself does not tell of a host, because programs have to be started for it: graphics, batteries, radios,
 * printers, … through systeminformation. Off unless `extensions_autoload` names it.
 */
import { nodeClock } from '../../platform/node/clock.ts';
import { serve } from '../serve.ts';
import { boundedTable } from './host-table.ts';
import { hostTables } from './tables.ts';

/** Two thirds of what a query has: the answer should say what happened, not the query's end. */
const deadline_ms = 20_000;

const progress = process.argv.includes('--verbose')
  ? (message: string): void => void process.stderr.write(`hostinfo: ${message}\n`)
  : undefined;

await serve({
  name: 'hostinfo',
  version: '0.1.0',
  plugins: hostTables.map((table) => boundedTable(table, { clock: nodeClock, deadline_ms, progress })),
});
