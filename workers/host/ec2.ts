import type { HostFiles } from '../../protocol/host-files.ts';
import type { Columns, NetTableQuery } from '../../protocol/table.ts';
import { openMetadata } from './cloud-metadata.ts';
import { flagValue } from './flag-value.ts';
import type { HttpApi } from './http-api.ts';

const token_s = 21_600;
const tokenTimeout_ms = 3000;
const tokenMax_bytes = 4096;

/**
 * Is this host an instance of EC2? Its hypervisor or firmware says so (AWS, EC2 user guide, "Detect whether a host is an
 * EC2 instance"); nobody is asked over the network to find out.
 */
export const isEc2 = (files: HostFiles): boolean => {
  const startsWith = (path: string, start: string): boolean =>
    files.readText(path)?.trim().toLowerCase().startsWith(start) === true;
  return (
    startsWith('/sys/hypervisor/uuid', 'ec2') ||
    startsWith('/sys/class/dmi/id/sys_vendor', 'amazon ec2') ||
    startsWith('/sys/class/dmi/id/bios_vendor', 'amazon ec2') ||
    startsWith('/sys/class/dmi/id/product_uuid', 'ec2')
  );
};

/**
 * The instance metadata service of EC2: its second version, which wants a token first, else, unless the flag
 * `aws_disable_imdsv1_fallback` forbids it, its first. Undefined when neither can be asked.
 */
export const openEc2 = async <C extends Columns>(
  query: NetTableQuery<C>,
  endpoint: string,
): Promise<HttpApi | undefined> => {
  const answer = await query.network.get({
    method: 'PUT',
    url: `${endpoint}/latest/api/token`,
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': String(token_s) },
    timeout_ms: tokenTimeout_ms,
    bodyMax_bytes: tokenMax_bytes,
    redirectsMax: 0,
  });
  if (answer.ok && answer.value.status === 200)
    return openMetadata(query, endpoint, {
      'x-aws-ec2-metadata-token': Buffer.from(answer.value.body).toString('latin1'),
    });
  if (answer.ok && flagValue(query, 'aws_disable_imdsv1_fallback') !== 'true')
    return openMetadata(query, endpoint, {});
  const why = answer.ok ? `status ${answer.value.status}` : answer.error.message;
  query.warn(`EC2’s metadata service gives no token: ${why}`);
  return undefined;
};

/** Path of the document that says what and where an instance is. */
export const identityDocument = '/latest/dynamic/instance-identity/document';
