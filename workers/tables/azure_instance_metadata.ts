import { defineTable, type Table, text } from '../../protocol/table.ts';
import { azureCompute } from '../host/azure.ts';
import { instanceMetadata } from '../host/cloud-metadata.ts';
import { textOf } from '../parsers/json-fields.ts';

/** The table over the metadata service at this URL. */
export const azureInstanceMetadataOf = (endpoint: string): Table =>
  defineTable({
    name: 'azure_instance_metadata',
    description: 'What Azure tells this instance about itself; empty on other hosts.',
    needs: 'net',
    cacheable: true,
    columns: {
      location: text(),
      name: text(),
      offer: text(),
      publisher: text(),
      sku: text(),
      version: text(),
      os_type: text(),
      platform_update_domain: text(),
      platform_fault_domain: text(),
      vm_id: text({ index: true }),
      vm_size: text(),
      subscription_id: text(),
      resource_group_name: text(),
      placement_group_id: text(),
      vm_scale_set_name: text(),
      zone: text(),
    },
    async generate(query) {
      const compute = await azureCompute(query, endpoint);
      if (compute === undefined) return [];
      return [
        {
          location: textOf(compute, 'location'),
          name: textOf(compute, 'name'),
          offer: textOf(compute, 'offer'),
          publisher: textOf(compute, 'publisher'),
          sku: textOf(compute, 'sku'),
          version: textOf(compute, 'version'),
          os_type: textOf(compute, 'osType'),
          platform_update_domain: textOf(compute, 'platformUpdateDomain'),
          platform_fault_domain: textOf(compute, 'platformFaultDomain'),
          vm_id: textOf(compute, 'vmId'),
          vm_size: textOf(compute, 'vmSize'),
          subscription_id: textOf(compute, 'subscriptionId'),
          resource_group_name: textOf(compute, 'resourceGroupName'),
          placement_group_id: textOf(compute, 'placementGroupId'),
          vm_scale_set_name: textOf(compute, 'vmScaleSetName'),
          zone: textOf(compute, 'zone'),
        },
      ];
    },
  });

export const azureInstanceMetadata: Table = azureInstanceMetadataOf(instanceMetadata);
