import t from 'tap';
import { askHost } from './ask-host.ts';
import { tree } from './run-table.ts';

t.test('what cannot be read says why, and what helps', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      "extended_attributes WHERE path = '/etc/passwd'",
      /^table extended_attributes failed: Node has no call.*getfattr/,
    ],
    [
      "device_file WHERE device = '/dev/sda' AND partition = '1'",
      /^table device_file failed: .* opens no device/,
    ],
    [
      "device_hash WHERE device = '/dev/sda' AND partition = '1' AND inode = 2",
      /^table device_hash failed: .*table hash/,
    ],
  ];
  for (const [from, message] of cases) {
    const { failure, rows } = askHost(`SELECT * FROM ${from}`);
    t.match([failure, rows], [{ reason: 'table_error', message }, []], from);
  }
});

t.test('iptables is empty where the kernel has no rules, and fails where it has some', async (t) => {
  const none = tree(t, { proc: { net: {} } });
  t.match(askHost('SELECT * FROM iptables', none), { rows: [], failure: undefined });
  const some = tree(t, { proc: { net: { ip_tables_names: 'filter\nnat\n' } } });
  t.match(askHost('SELECT * FROM iptables', some).failure, {
    message: /rules in filter, nat .*iptables-save/,
  });
});

t.test('the version of the management engine, where the kernel tells it', async (t) => {
  const versions = (mei: object): unknown => {
    const { rows, failure } = askHost(
      'SELECT version FROM intel_me_info',
      tree(t, { sys: { class: { mei } } }),
    );
    return failure?.message ?? rows.map(({ version }) => version);
  };
  t.strictSame(versions({}), []);
  t.strictSame(versions({ mei0: { fw_ver: '0:12.0.49.1534\n0:12.0.49.1534\n0:0.0.0.0\n' } }), [
    '12.0.49.1534',
  ]);
  t.strictSame(versions({ mei0: { fw_ver: 'nonsense' } }), []);
  t.strictSame(versions({ mei1: { fw_ver: '0:0.0.0.0\n0:0.0.0.0\n0:0.0.0.0\n' } }), []);
  t.match(versions({ mei0: {} }), /does not tell the version of mei0.*intelmetool/);
});
