import { defineTable, type Table, text } from '../../protocol/table.ts';
import { instanceMetadata, openMetadata } from '../host/cloud-metadata.ts';
import { fieldOf, textOf } from '../parsers/json-fields.ts';

const path = '/computeMetadata/v1/instance/?alt=json&recursive=true';

/**
 * Nothing on a host says that it is none of Yandex Cloud’s, so the metadata service is asked everywhere, as in osquery: on
 * another host this takes the three seconds in which nobody answers.
 */
export const ycloudInstanceMetadata: Table = defineTable({
  name: 'ycloud_instance_metadata',
  description: 'What Yandex Cloud tells this instance about itself; empty on other hosts.',
  needs: 'net',
  cacheable: true,
  columns: {
    instance_id: text({ index: true }),
    folder_id: text(),
    cloud_id: text(),
    name: text(),
    description: text(),
    hostname: text(),
    zone: text(),
    ssh_public_key: text(),
    serial_port_enabled: text(),
    metadata_endpoint: text({ index: true }),
  },
  async *generate(query) {
    for (const metadata_endpoint of query.equals('metadata_endpoint') ?? [instanceMetadata]) {
      const service = openMetadata(query, metadata_endpoint, { 'metadata-flavor': 'Google' });
      const instance = await service.json(path);
      if (fieldOf(instance, 'id') === undefined) continue;
      yield {
        instance_id: textOf(instance, 'id'),
        folder_id: textOf(instance, 'vendor', 'folderId'),
        cloud_id: textOf(instance, 'vendor', 'cloudId'),
        name: textOf(instance, 'name'),
        description: textOf(instance, 'description'),
        hostname: textOf(instance, 'hostname'),
        // projects/<number>/zones/<zone>
        zone: /^projects\/[^/]+\/[^/]+\/([^/]+)/.exec(textOf(instance, 'zone'))?.[1] ?? '',
        ssh_public_key: textOf(instance, 'attributes', 'ssh-keys'),
        serial_port_enabled: textOf(instance, 'attributes', 'serial-port-enable'),
        metadata_endpoint,
      };
    }
  },
});
