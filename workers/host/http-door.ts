import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { HttpAnswer, HttpRequest, NetworkFailure } from '../../protocol/host-network.ts';
import { ok, type Result } from '../../protocol/result.ts';
import { describeError, type NetworkLine, networkFailure } from './network-line.ts';

/** One answer, and where it sends its asker (RFC 9110, 15.4). */
interface Exchange extends Omit<HttpAnswer, 'elapsed_ms'> {
  readonly location: string | undefined;
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Asks over HTTP and follows redirects; see `HostNetwork.get` for what it promises. */
export const httpDoor = async (
  line: NetworkLine,
  request: HttpRequest,
): Promise<Result<HttpAnswer, NetworkFailure>> => {
  const began_ms = line.clock.monotonicMs();
  let url = request.url;
  for (let left = request.redirectsMax; ; left -= 1) {
    const parsed = URL.parse(url);
    if (parsed === null || !/^https?:$/.test(parsed.protocol))
      return networkFailure('bad_request', `'${url}' is no http or https URL`);
    const remaining_ms = began_ms + request.timeout_ms - line.clock.monotonicMs();
    const answer = await exchange(line, parsed, { ...request, timeout_ms: remaining_ms });
    if (!answer.ok) return answer;
    const { status, body, location } = answer.value;
    if (!redirects.has(status) || location === undefined || request.redirectsMax === 0)
      return ok({ status, body, elapsed_ms: line.clock.monotonicMs() - began_ms });
    if (left === 0)
      return networkFailure(
        'redirected_too_often',
        `${request.url}: more than ${request.redirectsMax} redirects`,
      );
    url = URL.parse(location, url)?.href ?? location;
  }
};

const optionsOf = (
  { method, headers, socketPath, authorities }: HttpRequest,
  over: AbortSignal,
): RequestOptions => ({
  method: method ?? 'GET',
  // Nothing is kept open behind the answer.
  agent: false,
  headers: { ...headers, connection: 'close' },
  signal: over,
  ...(socketPath === undefined ? {} : { socketPath }),
  ...(authorities === undefined ? {} : { ca: authorities }),
});

/** One request and its answer. */
const exchange = (
  { over, received, clock }: NetworkLine,
  url: URL,
  request: HttpRequest,
): Promise<Result<Exchange, NetworkFailure>> =>
  new Promise((resolve, reject) => {
    const where = url.href;
    let call: http.ClientRequest;
    try {
      call = (url.protocol === 'https:' ? https : http).request(url, optionsOf(request, over));
    } catch (error) {
      // A header or a path with characters that HTTP has no place for.
      return resolve(networkFailure('bad_request', `${where}: ${describeError(error as Error)}`));
    }
    const settle = (result: Result<Exchange, NetworkFailure>): void => {
      deadline.cancel();
      resolve(result);
      call.destroy();
    };
    const deadline = clock.after(Math.max(0, request.timeout_ms), () =>
      settle(networkFailure('timed_out', `${where}: no whole answer in time`)),
    );
    let answered = false;
    call.on('error', (error) =>
      settle(networkFailure(answered ? 'broken_off' : 'unreachable', `${where}: ${describeError(error)}`)),
    );
    call.on('response', (response) => {
      answered = true;
      takeBody(response, where, request.bodyMax_bytes, received).then(settle, (error: unknown) => {
        deadline.cancel();
        reject(error as Error);
        call.destroy();
      });
    });
    call.end();
  });

/** Takes the body piece by piece. Rejects only with what `received` throws. */
const takeBody = async (
  response: IncomingMessage,
  where: string,
  most_bytes: number,
  received: (count: number) => void,
): Promise<Result<Exchange, NetworkFailure>> => {
  const pieces: Buffer[] = [];
  let total_bytes = 0;
  const body = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    let piece: IteratorResult<Buffer, unknown>;
    try {
      piece = await body.next();
    } catch (error) {
      return networkFailure('broken_off', `${where}: ${describeError(error as Error)}`);
    }
    if (piece.done === true) break;
    received(piece.value.length);
    total_bytes += piece.value.length;
    if (total_bytes > most_bytes)
      return networkFailure('too_large', `${where}: the body has more than ${most_bytes} bytes`);
    pieces.push(piece.value);
  }
  const { statusCode = 0, headers } = response;
  return ok({ status: statusCode, location: headers.location, body: Buffer.concat(pieces) });
};
