import { defineTable, type NetTableQuery, type Table, text } from '../../protocol/table.ts';
import { type AwsKeys, awsSignature } from '../host/aws-signature.ts';
import { instanceMetadata } from '../host/cloud-metadata.ts';
import { identityDocument, isEc2, openEc2 } from '../host/ec2.ts';
import type { HttpApi } from '../host/http-api.ts';
import { textOf } from '../parsers/json-fields.ts';
import { xmlItems } from '../parsers/xml-items.ts';

const timeout_ms = 10_000;
const answerMax_bytes = 1024 * 1024;
/** The most tags that an instance can have. */
const tagsMax = '50';

/** URL of EC2's API in a region. */
const apiOf = (region: string): string =>
  `https://ec2.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`;

/**
 * The table over the metadata service at this URL, and EC2's API. The request is signed with the keys of the instance's
 * role; osquery's flags for keys and profiles are not followed.
 */
export const ec2InstanceTagsOf = (endpoint: string, api: (region: string) => string): Table =>
  defineTable({
    name: 'ec2_instance_tags',
    description: 'Tags of this instance of EC2, asked for with the keys of its role; empty on other hosts.',
    needs: 'net',
    cacheable: true,
    columns: { instance_id: text(), key: text(), value: text() },
    async generate(query) {
      const service = isEc2(query.files) ? await openEc2(query, endpoint) : undefined;
      if (service === undefined) return [];
      const identity = await service.json(identityDocument);
      const instance_id = textOf(identity, 'instanceId');
      const region = textOf(identity, 'region');
      // The region becomes part of a host's name.
      if (instance_id === '' || !/^[a-z0-9-]+$/.test(region)) return [];
      const keys = await roleKeys(service);
      if (keys === undefined) {
        query.warn(
          'ec2_instance_tags: this instance has no role, whose keys the request for tags is signed with',
        );
        return [];
      }
      const xml = await describeTags(query, new URL(api(region)), { region, instance_id, keys });
      return xmlItems(xml, ['key', 'value']).map((tag) => ({ instance_id, ...tag }));
    },
  });

export const ec2InstanceTags: Table = ec2InstanceTagsOf(instanceMetadata, apiOf);

const roleKeys = async (service: HttpApi): Promise<AwsKeys | undefined> => {
  const directory = '/latest/meta-data/iam/security-credentials/';
  const role = (await service.text(directory))?.trim().split('\n')[0] ?? '';
  const keys = role === '' ? undefined : await service.json(`${directory}${encodeURIComponent(role)}`);
  const [accessKeyId, secretAccessKey] = [textOf(keys, 'AccessKeyId'), textOf(keys, 'SecretAccessKey')];
  if (accessKeyId === '' || secretAccessKey === '') return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: textOf(keys, 'Token') };
};

interface Asked {
  readonly region: string;
  readonly instance_id: string;
  readonly keys: AwsKeys;
}

const describeTags = async (
  query: Pick<NetTableQuery, 'network' | 'host' | 'warn'>,
  url: URL,
  { region, instance_id, keys }: Asked,
): Promise<string> => {
  const parameters = {
    Action: 'DescribeTags',
    'Filter.1.Name': 'resource-id',
    'Filter.1.Value.1': instance_id,
    MaxResults: tagsMax,
    Version: '2016-11-15',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const unix_ms = query.host.wallClockMs();
  const answer = await query.network.get({
    url: url.href,
    headers: awsSignature({ url, region, service: 'ec2', unix_ms }, keys),
    timeout_ms,
    bodyMax_bytes: answerMax_bytes,
    redirectsMax: 0,
  });
  if (answer.ok && answer.value.status === 200) return Buffer.from(answer.value.body).toString();
  // The URL has no secret in it: keys travel in headers.
  query.warn(`ec2_instance_tags: ${answer.ok ? `status ${answer.value.status}` : answer.error.message}`);
  return '';
};
