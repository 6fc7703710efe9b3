/**
 * Holds sockets until its input ends: so many listening ones, and so many that are connected with each other. Says
 * `held` when all are there.
 *
 *   node benchmarks/held-sockets.ts LISTENING CONNECTED
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const [listening = 0, connected = 0] = process.argv.slice(2).map(Number);
const servers: Server[] = [];
for (let index = 0; index < listening; index += 1) {
  const server = createServer().listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  servers.push(server);
}
const [first] = servers;
const sockets: Socket[] = [];
for (let index = 0; first !== undefined && index < connected / 2; index += 1) {
  const accepted = once(first, 'connection') as Promise<[Socket]>;
  const socket = connect((first.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  sockets.push(socket, ...(await accepted));
}
process.stdout.write('held\n');
process.stdin.resume();
process.stdin.on('end', () => process.exit());
