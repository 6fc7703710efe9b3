import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { BusValue } from '../../../protocol/host-network.ts';
import { fixedHeader_bytes, messageLength } from '../../../workers/parsers/dbus-message.ts';
import { DbusReader } from '../../../workers/parsers/dbus-reader.ts';
import { type Marked, message } from './dbus-marshal.ts';

/** Why tests with a real bus are skipped here, if they are. */
export const withoutDbus: string | false =
  spawnSync('dbus-daemon', ['--version']).status === 0 ? false : 'there is no dbus-daemon(1)';

/** A bus of this test alone. */
export interface PrivateBus {
  readonly socketPath: string;
  /** Exists once somebody was started to answer for systemd. */
  readonly startedMarker: string;
}

/** The limits are those of a system bus; systemd could be started by a call, as there. */
const configuration = (socketPath: string, services: string): string => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socketPath}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>${services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_replies_per_connection">128</limit>
</busconfig>
`;

/** Starts a real dbus-daemon in a directory of its own; it ends with the test. */
export const startBus = async (t: Test): Promise<PrivateBus> => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-bus-'));
  const socketPath = join(directory, 'bus');
  const services = join(directory, 'services');
  const startedMarker = join(directory, 'started');
  mkdirSync(services);
  writeFileSync(
    join(services, 'org.freedesktop.systemd1.service'),
    `[D-BUS Service]\nName=org.freedesktop.systemd1\nExec=/usr/bin/touch ${startedMarker}\n`,
  );
  writeFileSync(join(directory, 'bus.conf'), configuration(socketPath, services));
  const daemon = spawn(
    'dbus-daemon',
    [`--config-file=${join(directory, 'bus.conf')}`, '--nofork', '--print-address=1'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  t.teardown(() => {
    daemon.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });
  await once(daemon.stdout, 'data');
  return { socketPath, startedMarker };
};

/** A call that a service was asked to answer. */
export interface ServiceCall {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly arguments: readonly BusValue[];
}

/** What it answers: values of a signature, or the name of an error. */
export type ServiceAnswer =
  | { readonly signature: string; readonly body: readonly Marked[] }
  | { readonly error: string };

const field = { path: 1, interface: 2, member: 3, destination: 6, sender: 7, signature: 8 };

/** Owns a name on a bus and answers calls, with messages made by the tests' own marshalling. */
export const serve = async (
  t: Test,
  socketPath: string,
  name: string,
  answer: (call: ServiceCall) => ServiceAnswer,
): Promise<void> => {
  const socket = connect(socketPath);
  t.teardown(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(process.getuid?.())).toString('hex')}\r\n`);
  await once(socket, 'data');
  socket.write('BEGIN\r\n');
  const ready = new Promise<void>((resolve) => {
    readMessages(socket, (bytes) => {
      const reader = new DbusReader(bytes, true);
      const [, type, , , , serial, listed] = reader.values('yyyyuua(yv)');
      reader.align(8);
      const fields = new Map(listed as readonly (readonly [number, BusValue])[]);
      const text = (code: number): string => String(fields.get(code) ?? '');
      if (type === 2 && fields.get(5) === 7 && text(field.signature) === 'u') resolve();
      if (type !== 1) return;
      const call = {
        path: text(field.path),
        interface: text(field.interface),
        member: text(field.member),
        arguments: reader.values(text(field.signature)),
      };
      socket.write(replyTo(text(field.sender), Number(serial), answer(call)));
    });
  });
  const bus = (member: string, signature: string, body: readonly Marked[]): Buffer =>
    message(
      1,
      [
        [field.path, { signature: 'o', held: '/org/freedesktop/DBus' }],
        [field.member, { signature: 's', held: member }],
        [field.interface, { signature: 's', held: 'org.freedesktop.DBus' }],
        [field.destination, { signature: 's', held: 'org.freedesktop.DBus' }],
      ],
      signature,
      body,
    );
  socket.write(bus('Hello', '', []));
  socket.write(bus('RequestName', 'su', [name, 0]));
  await ready;
};

const replyTo = (sender: string, serial: number, answer: ServiceAnswer): Buffer => {
  const to = [
    [5, { signature: 'u', held: serial }],
    [field.destination, { signature: 's', held: sender }],
  ] as const;
  if ('error' in answer)
    return message(3, [...to, [4, { signature: 's', held: answer.error }]], 's', ['not possible']);
  return message(2, to, answer.signature, answer.body);
};

const readMessages = (socket: Socket, take: (bytes: Buffer) => void): void => {
  let held = Buffer.alloc(0);
  socket.on('data', (piece: Buffer) => {
    held = Buffer.concat([held, piece]);
    for (;;) {
      const length = held.length < fixedHeader_bytes ? undefined : messageLength(held);
      if (length === undefined || held.length < length) return;
      take(held.subarray(0, length));
      held = held.subarray(length);
    }
  });
};
