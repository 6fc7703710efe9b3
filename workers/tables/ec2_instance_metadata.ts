import { defineTable, type Table, text } from '../../protocol/table.ts';
import { instanceMetadata } from '../host/cloud-metadata.ts';
import { identityDocument, isEc2, openEc2 } from '../host/ec2.ts';
import { textOf } from '../parsers/json-fields.ts';

/** Columns of the identity document, by its names. */
const identity = [
  ['instance_id', 'instanceId'],
  ['instance_type', 'instanceType'],
  ['architecture', 'architecture'],
  ['region', 'region'],
  ['availability_zone', 'availabilityZone'],
  ['local_ipv4', 'privateIp'],
  ['ami_id', 'imageId'],
  ['account_id', 'accountId'],
] as const;

/** Columns that each have a path of their own. */
const single = [
  ['local_hostname', 'local-hostname'],
  ['mac', 'mac'],
  ['security_groups', 'security-groups'],
  ['reservation_id', 'reservation-id'],
  ['ssh_public_key', 'public-keys/0/openssh-key'],
] as const;

/** The table over the metadata service at this URL. */
export const ec2InstanceMetadataOf = (endpoint: string): Table =>
  defineTable({
    name: 'ec2_instance_metadata',
    description: 'What EC2 tells this instance about itself; empty on other hosts.',
    needs: 'net',
    cacheable: true,
    columns: {
      instance_id: text(),
      instance_type: text(),
      architecture: text(),
      region: text(),
      availability_zone: text(),
      local_hostname: text(),
      local_ipv4: text(),
      mac: text({ collate: 'NOCASE' }),
      security_groups: text(),
      iam_arn: text(),
      ami_id: text(),
      reservation_id: text(),
      account_id: text(),
      ssh_public_key: text(),
    },
    async *generate(query) {
      const service = isEc2(query.files) ? await openEc2(query, endpoint) : undefined;
      if (service === undefined) return;
      const row: Record<string, string> = {};
      if (query.uses(...identity.map(([column]) => column))) {
        const document = await service.json(identityDocument);
        for (const [column, name] of identity) row[column] = textOf(document, name);
      }
      if (query.uses('iam_arn'))
        row.iam_arn = textOf(await service.json('/latest/meta-data/iam/info'), 'InstanceProfileArn');
      for (const [column, path] of single) {
        if (!query.uses(column)) continue;
        const lines = (await service.text(`/latest/meta-data/${path}`)) ?? '';
        row[column] = lines.trim().replaceAll('\n', ',');
      }
      yield row;
    },
  });

export const ec2InstanceMetadata: Table = ec2InstanceMetadataOf(instanceMetadata);
