import t from 'tap';
import { awsSignature } from '../../../workers/host/aws-signature.ts';

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const unix_ms = Date.UTC(2015, 7, 30, 12, 36, 0);
const sign = (url: string, sessionToken?: string): Readonly<Record<string, string>> =>
  awsSignature(
    { url: new URL(url), region: 'us-east-1', service: 'service', unix_ms },
    sessionToken === undefined ? keys : { ...keys, sessionToken },
  );

t.test('AWS’s own examples have the signatures that AWS says', async (t) => {
  const vanilla = sign('https://example.amazonaws.com/');
  t.equal(vanilla['x-amz-date'], '20150830T123600Z');
  t.equal(
    vanilla.authorization,
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  );
  // get-vanilla-query-order-key-case
  t.match(
    sign('https://example.amazonaws.com/?Param2=value2&Param1=value1').authorization,
    /Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500$/,
  );
});

t.test('a session’s token is signed, too', async (t) => {
  const signed = sign('https://example.amazonaws.com/', 'token');
  t.equal(signed['x-amz-security-token'], 'token');
  t.match(signed.authorization, /SignedHeaders=host;x-amz-date;x-amz-security-token,/);
});
