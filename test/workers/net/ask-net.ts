import { createHostFiles } from '../../../platform/node/host-files/door.ts';
import type { Table } from '../../../protocol/table.ts';
import type { ScanServices } from '../../../workers/engine/scan-query.ts';
import { openNetwork } from '../../../workers/host/network.ts';
import { openNetEngine, type WaitedAnswer } from '../engine/net-harness.ts';
import { fixture } from '../tables/run-table.ts';

/** Asks with a directory that stands for `/`; without one there are no files. */
export type AskNet = (
  sql: string,
  root?: string,
  services?: Partial<ScanServices>,
) => Promise<WaitedAnswer & { readonly warnings: readonly string[] }>;

/** Opens an engine over tables that need a socket, with the real network door: places that are fixed are theirs to set. */
export const askNet = async (tables: readonly Table[]): Promise<AskNet> => {
  const { ask } = await openNetEngine(tables);
  return async (sql, root = fixture('none'), more = {}) => {
    const warnings: string[] = [];
    const budget = { read_bytes: 2 ** 29, paths: 200_000 };
    const files = createHostFiles({ root, readMax_bytes: 2 ** 20, budget });
    const services = { files, warn: (text: string) => void warnings.push(text), ...more };
    return { ...(await ask(sql, { network: openNetwork, services })), warnings };
  };
};
