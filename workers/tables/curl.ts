import { bigint, defineTable, integer, type NetTableQuery, type Table, text } from '../../protocol/table.ts';
import { flagValue } from '../host/flag-value.ts';

/** osquery's patience, redirects included. */
const timeout_ms = 16_000;
const redirectsMax = 10;
/** A longer body is not taken; `result` of one that is longer than a row may be fails the query. */
const bodyMax_bytes = 16 * 1024 * 1024;
const usualAgent = 'osquery';

export const curl: Table = defineTable({
  name: 'curl',
  description: 'Answer to an HTTP GET of a URL.',
  needs: 'net',
  columns: {
    url: text({ index: true, required: true, optimized: true }),
    method: text(),
    user_agent: text({ additional: true }),
    response_code: integer(),
    round_trip_time: bigint(),
    bytes: bigint(),
    result: text(),
  },
  async *generate(query) {
    const agents = query.equals('user_agent') ?? [usualAgent];
    const [agent = usualAgent] = agents;
    if (agents.length > 1) return query.warn('curl takes a single user_agent');
    if (query.likes('url').length > 0) query.warn('curl does not take LIKE on url');
    // A line break would end the header and begin another one.
    const user_agent = agent.replaceAll(/[\r\n]/g, '');
    const authorities = authoritiesOf(query);
    for (const url of query.equals('url') ?? []) {
      const answer = await query.network.get({
        url,
        headers: { 'user-agent': user_agent, accept: '*/*' },
        timeout_ms,
        bodyMax_bytes,
        redirectsMax,
        ...(authorities === undefined ? {} : { authorities }),
      });
      const asked = { url, method: 'GET', user_agent: agent };
      if (answer.ok) {
        const { status, body, elapsed_ms } = answer.value;
        const round_trip_time = Math.round(elapsed_ms * 1000);
        const result = Buffer.from(body).toString();
        yield { ...asked, response_code: status, round_trip_time, bytes: body.length, result };
      } else {
        // A URL that gives no answer has a row without one, as in osquery; the warning says why.
        query.warn(`curl: ${answer.error.message}`);
        yield asked;
      }
    }
  },
});

/** The authorities of flag `tls_server_certs`, where it names a file that can be read. */
const authoritiesOf = (query: NetTableQuery): string | undefined => {
  const path = flagValue(query, 'tls_server_certs');
  return path === '' ? undefined : query.files.readText(path);
};
