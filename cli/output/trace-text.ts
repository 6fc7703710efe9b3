import type { RunCost } from '../../protocol/run.ts';
import type { ScanTrace } from '../../protocol/scan-trace.ts';
import { counted } from '../why/words.ts';
import { terminalText } from './terminal-text.ts';

/** What the scans of a query gave and cost, and the query as a whole. Pure. */
export const traceText = (scans: readonly ScanTrace[], cost: RunCost): string => {
  const parts = scans.length === 0 ? ['No table was scanned.\n'] : scans.map(scanText);
  const cpu_ms = cost.user_ms + cost.system_ms;
  const total = [
    counted(cost.rows, 'row', 'rows'),
    counted(cost.paths, 'path', 'paths'),
    `${counted(cost.read_bytes, 'byte', 'bytes')} read`,
    `${cost.wall_ms.toFixed(1)} ms`,
    `${cpu_ms.toFixed(1)} ms of CPU time`,
    ...(cost.denied_reads === 0 ? [] : [`${counted(cost.denied_reads, 'read', 'reads')} denied`]),
  ];
  return `${parts.join('')}Query: ${total.join(', ')}\n`;
};

const scanText = ({ table, constraints, columns, ...cost }: ScanTrace): string => {
  const figures = [
    counted(cost.scans, 'scan', 'scans'),
    counted(cost.rows, 'row', 'rows'),
    counted(cost.paths, 'path', 'paths'),
    `${counted(cost.read_bytes, 'byte', 'bytes')} read`,
    `${cost.wall_ms.toFixed(1)} ms`,
  ];
  return [
    `${terminalText(table)}: ${figures.join(', ')}`,
    `  pushed down  ${terminalText(constraints) || 'nothing'}`,
    `  columns      ${terminalText(columns) || 'none'}`,
    '',
  ].join('\n');
};
