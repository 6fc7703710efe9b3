import type { Columns, NetTableQuery } from '../../protocol/table.ts';
import type { Json } from '../parsers/json-fields.ts';
import { openMetadata } from './cloud-metadata.ts';

/** Left behind by Azure's agent, which runs on every instance: nobody is asked over the network to find out. */
const agentLog = '/var/log/waagent.log';
/** The version is there in every region. */
const path = '/metadata/instance/compute?api-version=2018-02-01';

/** What Azure tells this instance about itself; undefined on other hosts, and when it tells nothing. */
export const azureCompute = async <C extends Columns>(
  query: NetTableQuery<C>,
  endpoint: string,
): Promise<Json | undefined> => {
  if (query.files.stat(agentLog) === undefined) return undefined;
  return await openMetadata(query, endpoint, { metadata: 'true' }).json(path);
};
