import fc from 'fast-check';
import t from 'tap';
import { augeasReaders } from '../../../workers/parsers/augeas-tree.ts';
import { askHost } from './ask-host.ts';
import { tree } from './run-table.ts';

t.test('the trees of known files, with Augeas’ paths', async (t) => {
  const etc = {
    hosts: '# one\r\n127.0.0.1\tlocalhost  local # here\r\n\r\n# two\n::1 ip6 a b\ntorn\n',
    passwd: 'root:x:0:0:root,,:/root:/bin/bash\nnobody:*:65534:65534::/:\n',
    'sysctl.conf': '# c\nnet.ipv4.ip_forward = 1\n; d\nkernel.domainname=a=b\nnonsense\n',
  };
  const root = tree(t, { etc });
  const ask = (path: string): unknown =>
    askHost(`SELECT node, label, value FROM augeas WHERE path = '/etc/${path}'`, root).rows.map((row) =>
      Object.values(row).join('|').replace('/files/etc', ''),
    );
  t.strictSame(ask('hosts'), [
    '/hosts|hosts|',
    '/hosts/#comment[1]|#comment|one',
    '/hosts/1|1|',
    '/hosts/1/ipaddr|ipaddr|127.0.0.1',
    '/hosts/1/canonical|canonical|localhost',
    '/hosts/1/alias|alias|local',
    '/hosts/1/#comment|#comment|here',
    '/hosts/#comment[2]|#comment|two',
    '/hosts/2|2|',
    '/hosts/2/ipaddr|ipaddr|::1',
    '/hosts/2/canonical|canonical|ip6',
    '/hosts/2/alias[1]|alias|a',
    '/hosts/2/alias[2]|alias|b',
  ]);
  t.strictSame(ask('passwd'), [
    '/passwd|passwd|',
    ...[
      '/passwd/root|root|',
      '/passwd/root/password|password|x',
      '/passwd/root/uid|uid|0',
      '/passwd/root/gid|gid|0',
    ],
    ...[
      '/passwd/root/name|name|root,,',
      '/passwd/root/home|home|/root',
      '/passwd/root/shell|shell|/bin/bash',
    ],
    ...['/passwd/nobody|nobody|', '/passwd/nobody/password|password|x', '/passwd/nobody/uid|uid|65534'],
    ...['/passwd/nobody/gid|gid|65534', '/passwd/nobody/home|home|/'],
  ]);
  t.strictSame(ask('sysctl.conf'), [
    '/sysctl.conf|sysctl.conf|',
    '/sysctl.conf/#comment[1]|#comment|c',
    '/sysctl.conf/net.ipv4.ip_forward|net.ipv4.ip_forward|1',
    '/sysctl.conf/#comment[2]|#comment|d',
    '/sysctl.conf/kernel.domainname|kernel.domainname|a=b',
  ]);
  const other = askHost("SELECT * FROM configurations WHERE path IN ('/etc/hosts', '/etc/fstab')", root);
  t.equal(other.rows.length, 13);
  t.match(other.warnings, [/reads only .*, not \/etc\/fstab/]);
  t.match(askHost('SELECT * FROM augeas', tree(t, {})), { rows: [], warnings: [], failure: undefined });
});

t.test('any content has a tree', async (t) => {
  const parts = fc.array(fc.constantFrom('#', ';', '=', ' ', '\n', '\r', ':', 'a', '1', '\0', '\ufffd'));
  for (const [path, read] of Object.entries(augeasReaders)) {
    fc.assert(fc.property(parts, (content) => t.ok(Array.isArray(read(content.join(''))), path)));
  }
});
