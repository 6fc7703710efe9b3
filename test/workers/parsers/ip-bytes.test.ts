import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import { ipBytes } from '../../../workers/parsers/ip-bytes.ts';
import { ipv6Text } from '../../../workers/parsers/ipv6.ts';

const hex = (address: string): string | undefined => {
  const bytes = ipBytes(address);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');
};

t.test('addresses of both families', async (t) => {
  for (const [address, digits] of [
    ['0.0.0.0', '00000000'],
    ['255.1.20.0', 'ff011400'],
    ['::', '0'.repeat(32)],
    ['1::', `0001${'0'.repeat(28)}`],
    ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['FE80::a%eth0', `fe80${'0'.repeat(27)}a`],
  ] as const)
    t.equal(hex(address), digits, address);
});

t.test('what is none', async (t) => {
  for (const text of ['', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.256', ' 1.2.3.4', '1.2.3.4\n', '1.2.3.+4'])
    t.equal(ipBytes(text), undefined, JSON.stringify(text));
  for (const text of [
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::12345',
    '1.2.3.4::',
    'g::',
  ])
    t.equal(ipBytes(text), undefined, text);
  t.equal(ipBytes('1:2:3:4::5:6:7:8'), undefined, '`::` stands for something');
});

t.test('it takes what Node takes, and reads it as Node does', async () => {
  const piece = fc.constantFrom(':', '::', '.', '0', '1', 'ff', '255', '256', 'fe80', '10.0.0.1', '%1');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
      const text = pieces.join('');
      return text.includes('%') || (ipBytes(text) !== undefined) === (isIPv4(text) || isIPv6(text));
    }),
    { numRuns: 20_000 },
  );
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const normal = new SocketAddress({ address, family: 'ipv6' }).address;
      return ipv6Text(hex(address) ?? '') === normal;
    }),
  );
});
