import type { IncomingMessage } from 'node:http';
import t, { type Test } from 'tap';
import { azureInstanceMetadataOf } from '../../../workers/tables/azure_instance_metadata.ts';
import { azureInstanceTagsOf } from '../../../workers/tables/azure_instance_tags.ts';
import { ec2InstanceMetadataOf } from '../../../workers/tables/ec2_instance_metadata.ts';
import { ec2InstanceTagsOf } from '../../../workers/tables/ec2_instance_tags.ts';
import { ycloudInstanceMetadata } from '../../../workers/tables/ycloud_instance_metadata.ts';
import { tree } from '../tables/run-table.ts';
import { type AskNet, askNet } from './ask-net.ts';
import { httpPeer } from './peers.ts';

interface Service {
  readonly url: string;
  /** Method and path of what was asked for. */
  readonly asked: string[];
}

/** A service that replays answers by method and path; what it has none for is a 404. */
const serviceOf = async (
  t: Test,
  answers: Readonly<Record<string, unknown>>,
  allows: (request: IncomingMessage) => boolean,
): Promise<Service> => {
  const asked: string[] = [];
  const { url } = await httpPeer(t, (request, response) => {
    const key = `${request.method} ${request.url}`;
    asked.push(key);
    const answer = answers[key] ?? answers[key.replace(/\?.*/, '?')];
    if (!allows(request)) response.writeHead(401).end();
    else if (answer === undefined) response.writeHead(404).end('<html>Not Found</html>');
    else response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  return { url, asked };
};

const ec2Answers = {
  'PUT /latest/api/token': 'secret-token',
  'GET /latest/dynamic/instance-identity/document': {
    instanceId: 'i-0123',
    instanceType: 't3.micro',
    architecture: 'x86_64',
    region: 'eu-central-1',
    availabilityZone: 'eu-central-1a',
    privateIp: '10.0.0.5',
    imageId: 'ami-99',
    accountId: '123456789012',
    kernelId: null,
  },
  'GET /latest/meta-data/iam/info': {
    Code: 'Success',
    InstanceProfileArn: 'arn:aws:iam::1:instance-profile/web',
  },
  'GET /latest/meta-data/mac': '02:AB:00:00:00:01',
  'GET /latest/meta-data/local-hostname': 'ip-10-0-0-5.eu-central-1.compute.internal\n',
  'GET /latest/meta-data/security-groups': 'default\nweb',
  'GET /latest/meta-data/reservation-id': 'r-1',
  'GET /latest/meta-data/iam/security-credentials/': 'web-role',
  'GET /latest/meta-data/iam/security-credentials/web-role': {
    AccessKeyId: 'AKID',
    SecretAccessKey: 'secret',
    Token: 'session',
  },
  'GET /?': `<DescribeTagsResponse><tagSet>
    <item><resourceId>i-0123</resourceId><key>Name</key><value>web &amp; more</value></item>
    <item><key>Stage</key><value></value></item></tagSet></DescribeTagsResponse>`,
};

const hasToken = ({ method, headers, url }: IncomingMessage): boolean =>
  method === 'PUT'
    ? headers['x-aws-ec2-metadata-token-ttl-seconds'] === '21600'
    : url?.startsWith('/?') === true || headers['x-aws-ec2-metadata-token'] === 'secret-token';

const ec2Root = (t: Test): string =>
  tree(t, { sys: { class: { dmi: { id: { sys_vendor: 'Amazon EC2\n' } } } } });

const askEc2 = async (
  t: Test,
  answers: Readonly<Record<string, unknown>>,
  allows = hasToken,
): Promise<{ ask: AskNet } & Service> => {
  const service = await serviceOf(t, answers, allows);
  const tags = ec2InstanceTagsOf(service.url, () => `${service.url}/`);
  return { ask: await askNet([ec2InstanceMetadataOf(service.url), tags]), ...service };
};

t.test('EC2 tells an instance about itself, for a token', async (t) => {
  const { ask, asked } = await askEc2(t, ec2Answers);
  const root = ec2Root(t);
  const { cells, failure, warnings } = await ask('SELECT * FROM ec2_instance_metadata', root);
  t.strictSame(
    [failure, warnings],
    [undefined, []],
    'that it has no key to log in with is told by no warning',
  );
  t.strictSame(cells, [
    [
      ...[
        'i-0123',
        't3.micro',
        'x86_64',
        'eu-central-1',
        'eu-central-1a',
        'ip-10-0-0-5.eu-central-1.compute.internal',
      ],
      ...[
        '10.0.0.5',
        '02:AB:00:00:00:01',
        'default,web',
        'arn:aws:iam::1:instance-profile/web',
        'ami-99',
        'r-1',
      ],
      ...['123456789012', ''],
    ],
  ]);
  asked.length = 0;
  await ask('SELECT mac FROM ec2_instance_metadata', root);
  t.strictSame(asked, ['PUT /latest/api/token', 'GET /latest/meta-data/mac'], 'nothing else is asked for');
  asked.length = 0;
  const elsewhere = await ask('SELECT * FROM ec2_instance_metadata');
  t.strictSame([elsewhere.cells, elsewhere.warnings, asked], [[], [], []], 'another host asks nobody');
});

t.test('tags of an instance of EC2, with the keys of its role', async (t) => {
  let signed: IncomingMessage['headers'] = {};
  const { ask, asked } = await askEc2(t, ec2Answers, (request) => {
    if (request.url?.startsWith('/?') === true) signed = request.headers;
    return hasToken(request);
  });
  const { cells, warnings } = await ask('SELECT * FROM ec2_instance_tags', ec2Root(t));
  t.strictSame(
    [cells, warnings],
    [
      [
        ['i-0123', 'Name', 'web & more'],
        ['i-0123', 'Stage', ''],
      ],
      [],
    ],
  );
  t.match(asked.at(-1), /Action=DescribeTags&Filter\.1\.Name=resource-id&Filter\.1\.Value\.1=i-0123/);
  t.match(signed.authorization, /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/ec2\/aws4_request/);
  t.equal(signed['x-amz-security-token'], 'session');
  const { 'GET /latest/meta-data/iam/security-credentials/': _, ...withoutRole } = ec2Answers;
  const none = await askEc2(t, withoutRole);
  t.match(await none.ask('SELECT * FROM ec2_instance_tags', ec2Root(t)), {
    cells: [],
    warnings: [/has no role/],
  });
});

t.test('a service without tokens is asked as of old, unless a flag forbids it', async (t) => {
  const { 'PUT /latest/api/token': _, ...first } = ec2Answers;
  const { ask } = await askEc2(t, first, () => true);
  const sql = 'SELECT instance_id FROM ec2_instance_metadata';
  t.strictSame((await ask(sql, ec2Root(t))).cells, [['i-0123']]);
  const forbids = { askSupervisor: () => [{ name: 'aws_disable_imdsv1_fallback', value: 'true' }] };
  t.match(await ask(sql, ec2Root(t), forbids), { cells: [], warnings: [/gives no token: status 404/] });
  const nobody = await askNet([ec2InstanceMetadataOf('http://127.0.0.1:1')]);
  t.match(await nobody(sql, ec2Root(t)), { cells: [], warnings: [/ECONNREFUSED/] });
});

const compute = {
  location: 'westeurope',
  name: 'vm1',
  offer: 'debian-12',
  publisher: 'Debian',
  sku: '12-gen2',
  version: '0.1',
  osType: 'Linux',
  platformUpdateDomain: '1',
  platformFaultDomain: '2',
  vmId: 'aa-bb',
  vmSize: 'Standard_B1s',
  subscriptionId: 'cc',
  resourceGroupName: 'group',
  placementGroupId: '',
  vmScaleSetName: 'scale',
  zone: '3',
  tags: 'stage:prod;url:http://x;torn',
};

t.test('Azure tells an instance about itself and its tags', async (t) => {
  const path = 'GET /metadata/instance/compute?api-version=2018-02-01';
  const { url, asked } = await serviceOf(
    t,
    { [path]: compute },
    ({ headers }) => headers.metadata === 'true',
  );
  const ask = await askNet([azureInstanceMetadataOf(url), azureInstanceTagsOf(url)]);
  const root = tree(t, { var: { log: { 'waagent.log': '' } } });
  const { tags: _, ...columns } = compute;
  const { vmId, vmSize, ...rest } = columns;
  const metadata = await ask('SELECT * FROM azure_instance_metadata', root);
  t.strictSame(
    [metadata.failure, metadata.cells.map((row) => new Set(row))],
    [undefined, [new Set([...Object.values(rest), vmId, vmSize])]],
  );
  t.strictSame(
    (await ask('SELECT vm_id, os_type, vm_scale_set_name, zone FROM azure_instance_metadata', root)).cells,
    [['aa-bb', 'Linux', 'scale', '3']],
  );
  t.strictSame((await ask('SELECT * FROM azure_instance_tags', root)).cells, [
    ['aa-bb', 'stage', 'prod'],
    ['aa-bb', 'url', 'http://x'],
  ]);
  asked.length = 0;
  t.strictSame((await ask('SELECT * FROM azure_instance_tags')).cells, []);
  t.strictSame(asked, [], 'another host asks nobody');
});

t.test('Yandex Cloud tells an instance about itself', async (t) => {
  const path = 'GET /computeMetadata/v1/instance/?alt=json&recursive=true';
  const instance = {
    id: 'fhm1',
    name: 'vm',
    description: 'd',
    hostname: 'vm.internal',
    zone: 'projects/123/zones/ru-central1-a',
    vendor: { folderId: 'b1g', cloudId: 'b1c' },
    attributes: { 'ssh-keys': 'me:ssh-ed25519 AAAA', 'serial-port-enable': '1' },
  };
  const { url } = await serviceOf(
    t,
    { [path]: instance },
    ({ headers }) => headers['metadata-flavor'] === 'Google',
  );
  const strange = await serviceOf(t, { [path]: ['none'] }, () => true);
  const ask = await askNet([ycloudInstanceMetadata]);
  const { cells, warnings } = await ask(
    `SELECT * FROM ycloud_instance_metadata WHERE metadata_endpoint IN ('${url}', '${strange.url}', 'http://127.0.0.1:1', 'file:///etc')`,
  );
  t.strictSame(cells, [
    ['fhm1', 'b1g', 'b1c', 'vm', 'd', 'vm.internal', 'ru-central1-a', 'me:ssh-ed25519 AAAA', '1', url],
  ]);
  t.match(warnings.join('\n'), /ECONNREFUSED/);
  t.match(warnings.join('\n'), /no http or https URL/);
});
