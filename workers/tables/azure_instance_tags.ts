import { defineTable, type Table, text } from '../../protocol/table.ts';
import { azureCompute } from '../host/azure.ts';
import { instanceMetadata } from '../host/cloud-metadata.ts';
import { textOf } from '../parsers/json-fields.ts';

/** The table over the metadata service at this URL. */
export const azureInstanceTagsOf = (endpoint: string): Table =>
  defineTable({
    name: 'azure_instance_tags',
    description: 'Tags of this instance of Azure; empty on other hosts.',
    needs: 'net',
    cacheable: true,
    columns: { vm_id: text(), key: text(), value: text() },
    async generate(query) {
      const compute = await azureCompute(query, endpoint);
      const vm_id = textOf(compute, 'vmId');
      // `key:value;key:value`, in which a value may have colons.
      const tags = textOf(compute, 'tags')
        .split(';')
        .filter((tag) => tag.includes(':'));
      return tags.map((tag) => {
        const colon = tag.indexOf(':');
        return { vm_id, key: tag.slice(0, colon), value: tag.slice(colon + 1) };
      });
    },
  });

export const azureInstanceTags: Table = azureInstanceTagsOf(instanceMetadata);
