import t from 'tap';
import { type InetSocket, parseInetSockets } from '../../../workers/parsers/proc-net-inet.ts';
import { parsePacketSockets } from '../../../workers/parsers/proc-net-packet.ts';
import { parseUnixSockets } from '../../../workers/parsers/proc-net-unix.ts';

const tcpHeading =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n';
const listener =
  '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 36147 1 0000000000000000 100 0 0 10 0                     \n';
const timeWait =
  '  12: 0100007F:C2A4 0100007F:1F90 06 00000000:00000000 03:000016E3 00000000     0        0 0 3 0000000000000000                                      \n';
const udp6Heading =
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n';
const udp6 =
  '54321: 00000000000000000000000001000000:0143 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 28114 2 0000000000000000 0\n';
const tcp = { family: 2, protocol: 6 } as const;

const inet = (content: string): InetSocket[] => [...parseInetSockets(content, tcp)];

t.test('internet sockets', async (t) => {
  t.strictSame(inet(tcpHeading + listener + timeWait), [
    {
      ...tcp,
      localDigits: '0100007F',
      localPort: 8080,
      remoteDigits: '00000000',
      remotePort: 0,
      state: 10,
      inode: 36147,
    },
    {
      ...tcp,
      localDigits: '0100007F',
      localPort: 49828,
      remoteDigits: '0100007F',
      remotePort: 8080,
      state: 6,
      inode: 0,
    },
  ]);
  t.strictSame(
    [...parseInetSockets(udp6Heading + udp6, { family: 10, protocol: 17 })],
    [
      {
        family: 10,
        protocol: 17,
        localDigits: '00000000000000000000000001000000',
        localPort: 323,
        remoteDigits: '0'.repeat(32),
        remotePort: 0,
        state: 7,
        inode: 28114,
      },
    ],
  );
});

t.test('no internet sockets', async (t) => {
  for (const content of ['', '\n', tcpHeading, tcpHeading.trim(), udp6Heading])
    t.strictSame(inet(content), []);
});

t.test('what is no line of a socket is passed over, the lines around it are not', async (t) => {
  const broken = [
    'nonsense\n',
    '\n',
    listener.replace('0:', ':'),
    listener.replace('0100007F:', '0100007:'),
    listener.replace('0100007F:', '0100007F0100007F:'),
    listener.replace('1F90', '1F9'),
    listener.replace('36147', 'x36147'),
    listener.replace('36147', '-1'),
  ];
  for (const line of broken) {
    t.equal(inet(tcpHeading + line).length, 0, line);
    t.strictSame(
      inet(tcpHeading + listener + line + timeWait).map(({ inode }) => inode),
      [36147, 0],
    );
  }
  t.equal(inet((tcpHeading + listener).replaceAll('\n', '\r\n')).length, 1, 'CRLF');
});

t.test('a line cut short is passed over wherever the cut is', async (t) => {
  const inodeEnd = listener.indexOf('36147') + '36147'.length;
  for (let length = 0; length <= inodeEnd; length += 1) {
    t.equal(inet(tcpHeading + timeWait + listener.slice(0, length)).length, 1, `after ${length}`);
  }
});

t.test('100,000 sockets', async (t) => {
  t.equal(inet(tcpHeading + listener.repeat(100_000)).length, 100_000);
  t.equal(inet(' '.repeat(1_000_000)).length, 0);
});

const unixHeading = 'Num       RefCount Protocol Flags    Type St Inode Path\n';
const unixLine = (inode: string, path = ''): string =>
  `0000000000000000: 00000002 00000000 00010000 0001 01 ${inode.padStart(5)}${path}\n`;
const unix = (content: string): [number, string][] =>
  [...parseUnixSockets(content)].map(({ inode, path }) => [inode, path]);

t.test('unix sockets: named, abstract, without a name', async (t) => {
  const content = unixLine('21') + unixLine('18273', ' /run/a.sock') + unixLine('3', ' @/tmp/.X11-unix/X0');
  t.strictSame(unix(unixHeading + content), [
    [21, ''],
    [18273, '/run/a.sock'],
    [3, '@/tmp/.X11-unix/X0'],
  ]);
  t.strictSame(
    [...parseUnixSockets(unixHeading + unixLine('21'))],
    [{ family: 1, protocol: 0, inode: 21, path: '' }],
  );
  const narrow = 'c1a2b3c4: 00000002 00000000 00010000 0001 01 77 /run/a\n';
  t.strictSame(unix(unixHeading + narrow), [[77, '/run/a']], 'a kernel of 32 bits');
});

t.test('a path keeps its blanks and newlines', async (t) => {
  const paths = ['/a b', ' /leading', '/trailing ', '/a\nb', '/a\n\nb\n', '/a\n12: 00000002', '@a@@'];
  const lines = paths.map((path, index) => unixLine(String(index + 1), ` ${path}`));
  const expected = paths.map((path, index) => [index + 1, path]);
  t.strictSame(unix(unixHeading + lines.join('')), expected);
  for (const [index, line] of lines.entries()) {
    t.strictSame(unix(unixHeading + line), expected.slice(index, index + 1), 'as the last');
  }
});

t.test('no unix sockets, malformed and cut lines', async (t) => {
  for (const content of ['', '\n', unixHeading, 'nonsense\n', unixLine('21').replace(': ', ' ')]) {
    t.strictSame(unix(content), []);
  }
  t.strictSame(unix(`${unixHeading}nonsense\n${unixLine('21')}nonsense\n${unixLine('22', ' /a')}`), [
    [21, ''],
    [22, '/a'],
  ]);
  const last = unixLine('18273', ' /run/a.sock');
  for (let length = 0; length < last.length; length += 1) {
    t.strictSame(unix(unixHeading + unixLine('21') + last.slice(0, length)), [[21, '']], `${length}`);
  }
});

t.test('100,000 unix sockets', async (t) => {
  t.equal(unix(unixHeading + unixLine('18273', ' /run/a.sock').repeat(100_000)).length, 100_000);
});

const packetHeading = 'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n';

t.test('packet sockets', async (t) => {
  const content =
    '0000000000000000 3      3    0003   2     1 0      0      15495 \n' +
    '0000000000000000 3      3    88cc   -1    0 1280   101    15496 \n';
  const expected = [
    { family: 17, protocol: 3, inode: 15495 },
    { family: 17, protocol: 0x88cc, inode: 15496 },
  ];
  t.strictSame([...parsePacketSockets(packetHeading + content)], expected);
  t.strictSame([...parsePacketSockets(`${packetHeading}nonsense\n\n${content}`)], expected);
  t.strictSame([...parsePacketSockets(packetHeading)], []);
  t.strictSame([...parsePacketSockets('')], []);
  t.strictSame([...parsePacketSockets(content.slice(0, -2))], expected.slice(0, 1), 'cut short');
});
