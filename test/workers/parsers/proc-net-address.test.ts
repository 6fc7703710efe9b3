import { SocketAddress } from 'node:net';
import { endianness } from 'node:os';
import fc from 'fast-check';
import t from 'tap';
import { ipv6Text } from '../../../workers/parsers/ipv6.ts';
import { addressReader, procNetAddress } from '../../../workers/parsers/proc-net-address.ts';

t.test('IPv6 text as inet_ntop writes it', async (t) => {
  for (const [digits, text] of [
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000000000000000000001', '2001:db8::1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['20010db8000000010001000000000000', '2001:db8:0:1:1::'],
    ['20010DB8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['0000000000000000000a000000000001', '::a:0:0:1'],
    ['00000000000000000000ffffc0000201', '::ffff:192.0.2.1'],
    ['00000000000000000000ffff00000000', '::ffff:0.0.0.0'],
    ['000000000000000000000000c0000201', '::192.0.2.1'],
    ['00000000000000000000000000010000', '::0.1.0.0'],
    ['0000000000000000ffff0000c0000201', '::ffff:0:c000:201'],
    ['fe800000000000000000000000000000', 'fe80::'],
  ] as const) {
    t.equal(ipv6Text(digits), text, digits);
  }
  for (const digits of ['', '0'.repeat(31), '0'.repeat(33), `${'0'.repeat(31)}g`]) {
    t.equal(ipv6Text(digits), undefined, digits);
  }
});

t.test('IPv6 text agrees with libuv on any address', async () => {
  // Zeros are frequent, so that runs of them of every length and place come up.
  const group = fc.oneof(fc.constant(0), fc.constant(0xffff), fc.nat(0xffff));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const digits = groups.map((each) => each.toString(16).padStart(4, '0')).join('');
      const address = groups.map((each) => each.toString(16)).join(':');
      return ipv6Text(digits) === new SocketAddress({ address, family: 'ipv6' }).address;
    }),
    { numRuns: 2000 },
  );
});

t.test('words in the byte order of the machine', async (t) => {
  t.equal(endianness(), 'LE', 'the machines that this runs on');
  t.equal(procNetAddress('0100007F'), '127.0.0.1');
  t.equal(procNetAddress('0100007f'), '127.0.0.1');
  t.equal(procNetAddress('FFFFFFFF'), '255.255.255.255');
  t.equal(procNetAddress('00000000000000000000000001000000'), '::1');
  t.equal(procNetAddress('0000000000000000FFFF0000010200C0'), '::ffff:192.0.2.1');
  t.equal(procNetAddress('B80D01200000000000000000EFCDAB89'), '2001:db8::89ab:cdef');
  for (const digits of ['', '0100007', '0100007F0', 'XX00007F', '0100007F0100007F']) {
    t.equal(procNetAddress(digits), undefined, digits);
  }
});

t.test('a reader gives the same for what it remembers, and for what it does not any more', async (t) => {
  const address = addressReader();
  for (const round of [1, 2]) {
    t.equal(address('0100007F'), '127.0.0.1', `round ${round}`);
    t.equal(address('nonsense'), '');
    for (let last = 0; last < 5000; last += 1) {
      const bytes = [last & 255, last >>> 8].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      if (address(`0a00${bytes}`) !== `${last >>> 8}.${last & 255}.0.10`) t.fail(`address ${last}`);
    }
  }
});
