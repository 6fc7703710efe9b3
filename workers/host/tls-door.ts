import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { CertificateRequest, NetworkFailure } from '../../protocol/host-network.ts';
import { ok, type Result } from '../../protocol/result.ts';
import { describeError, type NetworkLine, networkFailure } from './network-line.ts';

/** Shakes hands with a TLS peer and hangs up; see `HostNetwork.certificate` for what it promises. */
export const tlsDoor = (
  { over, received, clock }: NetworkLine,
  { host, port, timeout_ms }: CertificateRequest,
): Promise<Result<Uint8Array, NetworkFailure>> =>
  new Promise((resolve, reject) => {
    const where = `${host}:${port}`;
    let socket: TLSSocket;
    try {
      socket = connect({
        host,
        port,
        // Nothing is believed that it says, so it does not matter who it is.
        rejectUnauthorized: false,
        ...(isIP(host) === 0 ? { servername: host } : {}),
      });
    } catch (error) {
      return resolve(networkFailure('bad_request', `${where}: ${describeError(error as Error)}`));
    }
    const hangUp = (): void => void socket.destroy();
    const settle = (result: Result<Uint8Array, NetworkFailure>): void => {
      deadline.cancel();
      over.removeEventListener('abort', hangUp);
      resolve(result);
      hangUp();
    };
    const deadline = clock.after(timeout_ms, () =>
      settle(networkFailure('timed_out', `${where}: no handshake in time`)),
    );
    over.addEventListener('abort', hangUp);
    socket.on('error', (error) => settle(networkFailure('unreachable', `${where}: ${describeError(error)}`)));
    socket.on('close', () => settle(networkFailure('broken_off', `${where}: the peer hung up`)));
    socket.on('secureConnect', () => {
      try {
        received(socket.bytesRead);
      } catch (error) {
        reject(error as Error);
      }
      const { raw } = socket.getPeerCertificate();
      settle(raw === undefined ? networkFailure('broken_off', `${where}: no certificate`) : ok(raw));
    });
  });
