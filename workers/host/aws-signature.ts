import { createHash, createHmac } from 'node:crypto';

/** Keys that a request is signed with; `sessionToken` comes with those of a role. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A GET without a body that is to be signed. */
export interface AwsRequest {
  readonly url: URL;
  readonly region: string;
  readonly service: string;
  readonly unix_ms: number;
}

const algorithm = 'AWS4-HMAC-SHA256';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const keyed = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The headers that sign a request (AWS, "Signature Version 4"); `host` is sent by the door itself. */
export const awsSignature = (
  { url, region, service, unix_ms }: AwsRequest,
  keys: AwsKeys,
): Readonly<Record<string, string>> => {
  // 20150830T123600Z
  const time = new Date(unix_ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const session: Record<string, string> =
    keys.sessionToken === undefined ? {} : { 'x-amz-security-token': keys.sessionToken };
  const signed: Readonly<Record<string, string>> = { host: url.host, 'x-amz-date': time, ...session };
  const names = Object.keys(signed).join(';');
  const canonical = [
    'GET',
    url.pathname,
    canonicalQuery(url),
    ...Object.entries(signed).map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(''),
  ].join('\n');
  const toSign = [algorithm, time, scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(keyed, `AWS4${keys.secretAccessKey}`);
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  const credential = `${keys.accessKeyId}/${scope}`;
  return {
    'x-amz-date': time,
    ...session,
    authorization: `${algorithm} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
};

/** Sorted by name, and encoded as RFC 3986 says, which leaves fewer characters as they are than a URL does. */
const canonicalQuery = (url: URL): string =>
  [...url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted()
    .join('&');

const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
