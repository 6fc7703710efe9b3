import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** A server of this test on the loopback, or on a unix socket; it and its connections end with the test. */
export interface Peer {
  readonly url: string;
  readonly port: number;
  /** Connections that are open now. */
  readonly open: ReadonlySet<Socket>;
  /** Resolves when the next connection is closed. */
  closed(): Promise<unknown>;
}

const listen = async (t: Test, server: Server, at: number | string, scheme: string): Promise<Peer> => {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      server.emit('a connection closed');
    });
  });
  if (typeof at === 'string') server.listen(at);
  else server.listen(at, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const address = server.address();
  const port = typeof address === 'object' ? ((address as AddressInfo | null)?.port ?? 0) : 0;
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    port,
    open,
    closed: () => once(server, 'a connection closed'),
  };
};

/** Answers over http. */
export const httpPeer = (t: Test, answer: RequestListener): Promise<Peer> =>
  listen(t, createServer(answer), 0, 'http');

/** Answers over http on a unix socket. */
export const unixPeer = (t: Test, path: string, answer: RequestListener): Promise<Peer> =>
  listen(t, createServer(answer), path, 'http');

/** Why tests with certificates are skipped here, if they are. */
export const withoutOpenssl: string | false =
  spawnSync('openssl', ['version']).status === 0 ? false : 'there is no openssl(1) to make certificates';

/** A key and a certificate that signs itself, made by openssl; `extensions` are lines of its x509v3_config(5). */
export interface Identity {
  readonly key: string;
  readonly cert: string;
  readonly certPath: string;
}

export const makeIdentity = (t: Test, subject: string, extensions: readonly string[]): Identity => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-tls-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const [keyPath, certPath] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyPath];
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  execFileSync(
    'openssl',
    ['req', '-x509', '-utf8', ...key, '-days', '30', '-subj', subject, ...added, '-out', certPath],
    { stdio: 'pipe' },
  );
  return { key: readFileSync(keyPath, 'utf8'), cert: readFileSync(certPath, 'utf8'), certPath };
};

/** Answers over https. */
export const httpsPeer = (t: Test, { key, cert }: Identity, answer: RequestListener): Promise<Peer> =>
  listen(t, createTlsServer({ key, cert }, answer), 0, 'https');
