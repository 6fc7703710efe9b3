import type { Columns, NetTableQuery } from '../../protocol/table.ts';
import { type HttpApi, openHttpApi } from './http-api.ts';

/** Where clouds tell an instance about itself: reached from there alone. */
export const instanceMetadata = 'http://169.254.169.254';

/** osquery's patience: a host that is no instance may have nobody who says that there is no such address. */
const timeout_ms = 3000;

/** A cloud's metadata service. `endpoint` has no slash at its end. */
export const openMetadata = <C extends Columns>(
  query: NetTableQuery<C>,
  endpoint: string,
  headers: Readonly<Record<string, string>>,
): HttpApi =>
  openHttpApi(query, {
    name: `metadata service at ${endpoint}`,
    url: endpoint,
    headers,
    timeout_ms,
    statuses: [200],
    absences: [404],
  });
