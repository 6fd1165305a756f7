// Signatures and time stamps against messages that others spelt: openssl's CMS, node-forge's CMS
// and tokens, and an authority that answers wrongly. What is changed by one bit must not fit.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import forge from 'node-forge';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { contentOf, derFrom, partsOf } from './der.ts';
import { expectListening, fetchTimeStamp } from './time-stamp.ts';
import { checkSignedData, signedDataOf } from './verify-cms.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-signatures-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const CONTENT = Buffer.from('The report, byte for byte.');

function selfSigned(name: string, { stamps = false, until = '2036-01-01T00:00:00Z' } = {}) {
  const keys = forge.pki.rsa.generateKeyPair(1024);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '0a';
  certificate.validity.notBefore = new Date('2026-01-01T00:00:00Z');
  certificate.validity.notAfter = new Date(until);
  if (stamps) certificate.setExtensions([{ name: 'extKeyUsage', critical: true, timeStamping: true }]);
  certificate.setSubject([{ name: 'commonName', value: name }]);
  certificate.setIssuer([{ name: 'commonName', value: name }]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return { key: keys.privateKey, certificate };
}
const signer = selfSigned('A. Examiner');

/** A CMS that node-forge makes: `signer`'s certificate, signed attributes, the content left out. */
const cms = (digest: string = forge.pki.oids.sha256!, certificates = [signer.certificate]): Buffer =>
  cmsOver(CONTENT, signer, digest, certificates);

function cmsOver(
  content: Uint8Array,
  { key, certificate }: ReturnType<typeof selfSigned>,
  digest: string = forge.pki.oids.sha256!,
  certificates = [certificate],
): Buffer {
  const message = forge.pkcs7.createSignedData();
  message.content = forge.util.createBuffer(Buffer.from(content).toString('latin1'));
  for (const one of certificates) message.addCertificate(one);
  message.addSigner({
    key,
    certificate,
    digestAlgorithm: digest,
    authenticatedAttributes: [
      { type: forge.pki.oids.contentType!, value: forge.pki.oids.data! },
      { type: forge.pki.oids.messageDigest! },
      { type: forge.pki.oids.signingTime!, value: new Date('2026-02-03T04:05:06Z') as unknown as string },
    ],
  });
  message.sign({ detached: true });
  return Buffer.from(forge.asn1.toDer(message.toAsn1()).getBytes(), 'latin1');
}

const fitsOf = (bytes: Buffer, content: Uint8Array = CONTENT): boolean => checkSignedData(derFrom(bytes), content).fits;

describe('a signature', () => {
  test('of another program fits its content and names who signed', () => {
    const { fits, certificate } = checkSignedData(derFrom(cms()), CONTENT);
    expect([fits, certificate.subject]).toEqual([true, 'CN=A. Examiner']);
    expect(signedDataOf(derFrom(cms())).content).toEqual(Buffer.alloc(0));
  });

  test('does not fit content with one bit changed, cut short, or with a byte more', () => {
    const changed = Buffer.from(CONTENT);
    changed[5]! ^= 1;
    for (const content of [changed, CONTENT.subarray(0, -1), Buffer.concat([CONTENT, Buffer.of(0)]), Buffer.alloc(0)])
      expect(fitsOf(cms(), content)).toBe(false);
  });

  test('does not fit once any bit of it or of what is signed beside the digest is changed', () => {
    const whole = cms();
    const { value } = checkSignedData(derFrom(whole), CONTENT);
    const signatureAt = whole.indexOf(value);
    const timeAt = whole.indexOf('260203040506Z');
    expect(Math.min(signatureAt, timeAt)).toBeGreaterThan(0);
    for (const at of [signatureAt, signatureAt + value.length - 1, timeAt + 1]) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 1;
      expect(fitsOf(changed), `byte ${at}`).toBe(false);
    }
  });

  test('whose stated digest was replaced by that of other content does not fit that content either', () => {
    const other = Buffer.from('Another report.');
    const forged = cms();
    const [stated, wanted] = [CONTENT, other].map((one) => createHash('sha256').update(one).digest());
    forged.set(wanted!, forged.indexOf(stated!));
    expect(fitsOf(forged, other)).toBe(false);
  });

  test('does not fit another key under the same name and number', () => {
    expect(fitsOf(cms(undefined, [selfSigned('A. Examiner').certificate]))).toBe(false);
  });

  test('that names a certificate which is not there, or a digest that is not safe, is no signature', () => {
    expect(() => fitsOf(cms(undefined, [selfSigned('Somebody Else').certificate]))).toThrow(RangeError);
    expect(() => fitsOf(cms(undefined, []))).toThrow(RangeError);
    expect(() => fitsOf(cms(forge.pki.oids.sha1))).toThrow(/no certificate or digest known here/);
  });

  test.each([
    ['rsa', ['rsa:2048'], 'sha256'],
    ['rsa', ['rsa:2048'], 'sha512'],
    ['ec', ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'], 'sha384'],
  ])('of openssl fits: %s %s with %s', { tags: ['openssl'] }, (_, kind, digest) => {
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: root, stdio: 'pipe' });
    const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
    openssl('req', '-x509', '-newkey', ...kind, '-nodes', '-subj', '/CN=Lab', '-days', '2', ...files);
    writeFileSync(path.join(root, 'content'), CONTENT);
    const sign = ['cms', '-sign', '-binary', '-in', 'content', '-signer', 'cert.pem', '-inkey', 'key.pem'];
    openssl(...sign, '-md', digest, '-outform', 'DER', '-out', 'cms.der');
    const bytes = readFileSync(path.join(root, 'cms.der'));
    expect([fitsOf(bytes), fitsOf(bytes, Buffer.from('Other'))]).toEqual([true, false]);
  });
});

describe('a time stamp', () => {
  const { Class, Type, create, oidToDer } = forge.asn1;
  const SIGNATURE = Buffer.from('the signature that is stamped');
  const of = (type: forge.asn1.Type, value: forge.asn1.Asn1[] | string) =>
    create(Class.UNIVERSAL, type, Array.isArray(value), value as string);
  const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const oid = (dotted: string) => of(Type.OID, oidToDer(dotted).getBytes());
  const inside = (part: forge.asn1.Asn1) => create(Class.CONTEXT_SPECIFIC, 0 as forge.asn1.Type, true, [part]);

  type Asked = { digest: Buffer; nonce: Buffer; contentType: string | undefined };
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /**
   * An authority that answers each request with what `answer` makes of it; gives its address and
   * what it was asked.
   */
  async function authority(answer: (asked: Asked) => { status?: number; location?: string; body: Buffer }) {
    const asked: Asked[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const [, imprint, nonce] = partsOf(derFrom(Buffer.concat(chunks)));
        asked.push({
          digest: contentOf(partsOf(imprint)[1]),
          nonce: contentOf(nonce),
          contentType: request.headers['content-type'],
        });
        const { status = 200, location, body } = answer(asked.at(-1)!);
        response.writeHead(status, location === undefined ? {} : { location }).end(body);
      });
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
  }

  const stamper = selfSigned('An Authority', { stamps: true });

  /**
   * TimeStampResp of RFC 3161 with this status and a token over `digest` that repeats `nonce`, made
   * on 2026-02-03.
   */
  function response(status: number, digest: Uint8Array, nonce: Uint8Array, by = stamper): Buffer {
    const imprint = of(Type.SEQUENCE, [
      of(Type.SEQUENCE, [oid('2.16.840.1.101.3.4.2.1'), of(Type.NULL, '')]),
      of(Type.OCTETSTRING, latin1(digest)),
    ]);
    const info = of(Type.SEQUENCE, [
      of(Type.INTEGER, '\x01'),
      oid('1.2.3.4'),
      imprint,
      of(Type.INTEGER, '\x07'),
      of(Type.GENERALIZEDTIME, '20260203040506Z'),
      of(Type.INTEGER, latin1(nonce)),
    ]);
    const content = forge.asn1.toDer(info).getBytes();
    const token = derFrom(cmsOver(Buffer.from(content, 'latin1'), by));
    // Node-forge knows no other kind of content than data.
    const stamped = [oid('1.2.840.113549.1.9.16.1.4'), inside(of(Type.OCTETSTRING, content))];
    partsOf(partsOf(partsOf(token)[1])[0])[2] = of(Type.SEQUENCE, stamped);
    const whole = of(Type.SEQUENCE, [
      of(Type.SEQUENCE, [of(Type.INTEGER, String.fromCharCode(status))]),
      ...(status < 2 ? [token] : []),
    ]);
    return Buffer.from(forge.asn1.toDer(whole).getBytes(), 'latin1');
  }

  test('is asked for with the digest alone and a number of its own, and the token is given back as it came', async () => {
    const { url, asked } = await authority(({ digest, nonce }) => ({ body: response(0, digest, nonce) }));
    const token = Buffer.from(await fetchTimeStamp(url, SIGNATURE));
    await fetchTimeStamp(url, SIGNATURE);
    const digest = createHash('sha256').update(SIGNATURE).digest();
    expect(asked.map((one) => [one.digest.equals(digest), one.contentType])).toEqual([
      [true, 'application/timestamp-query'],
      [true, 'application/timestamp-query'],
    ]);
    expect(asked[0]!.nonce.equals(asked[1]!.nonce)).toBe(false);
    expect(response(0, digest, asked[0]!.nonce).includes(token)).toBe(true);
  });

  test('granted with changes is taken too', async () => {
    const { url } = await authority(({ digest, nonce }) => ({ body: response(1, digest, nonce) }));
    expect((await fetchTimeStamp(url, SIGNATURE)).length).toBeGreaterThan(0);
  });

  const other = createHash('sha256').update('something else').digest();
  test.each([
    [
      'over something else',
      ({ nonce }: Asked) => ({ body: response(0, other, nonce) }),
      'the stamp is over something else',
    ],
    [
      'that answers another request',
      ({ digest }: Asked) => ({ body: response(0, digest, Buffer.of(9)) }),
      'the stamp answers another request',
    ],
    [
      'that is refused',
      ({ digest, nonce }: Asked) => ({ body: response(2, digest, nonce) }),
      'the authority refused with status 2',
    ],
    [
      'whose own signature was changed by one bit',
      ({ digest, nonce }: Asked) => {
        const body = response(0, digest, nonce);
        body[body.length - 1]! ^= 1;
        return { body };
      },
      'the signature of the stamp is not that of the certificate it comes with',
    ],
    [
      'by a certificate that had expired',
      ({ digest, nonce }: Asked) => ({
        body: response(0, digest, nonce, selfSigned('Gone', { stamps: true, until: '2026-02-03T04:05:05Z' })),
      }),
      'certificate was not valid at the time that it states',
    ],
    [
      'by a certificate that is for something else',
      ({ digest, nonce }: Asked) => ({ body: response(0, digest, nonce, selfSigned('A. Colleague')) }),
      'certificate is not one for time stamps',
    ],
    ['of a server with an error', () => ({ status: 503, body: Buffer.alloc(0) }), 'the authority answered 503'],
  ])('%s is none, and the examiner is told why', async (_, answer, detail) => {
    const { url } = await authority(answer);
    await expect(fetchTimeStamp(url, SIGNATURE)).rejects.toMatchObject({
      code: 'TIME_STAMP_FAILED',
      subject: url,
      detail: expect.stringContaining(detail),
    });
  });

  test.each([
    ['a web page', Buffer.from('<html>Log in to the hotel</html>')],
    ['nothing', Buffer.alloc(0)],
    ['an empty message', Buffer.of(0x30, 0)],
    ['granted and without a stamp in it', Buffer.from('3007300302010030 00'.replace(' ', ''), 'hex')],
  ])('that is %s is refused as none', async (_, body) => {
    const { url } = await authority(() => ({ body }));
    await expect(fetchTimeStamp(url, SIGNATURE)).rejects.toMatchObject({ code: 'TIME_STAMP_FAILED', subject: url });
  });

  test.each([301, 302, 303, 307, 308])(
    'is fetched from the address that was named alone: status %i leads to no other, which would have stamped',
    async (status) => {
      const elsewhere = await authority(({ digest, nonce }) => ({ body: response(0, digest, nonce) }));
      const named = await authority(() => ({ status, location: elsewhere.url, body: Buffer.alloc(0) }));
      await expect(fetchTimeStamp(named.url, SIGNATURE)).rejects.toMatchObject({ code: 'TIME_STAMP_FAILED' });
      expect([named.asked.length, elsewhere.asked.length]).toEqual([1, 0]);
      expect((await fetchTimeStamp(elsewhere.url, SIGNATURE)).length).toBeGreaterThan(0);
    },
  );

  test('of an authority that is not there says the network’s words', async () => {
    const { url } = await authority(() => ({ body: Buffer.alloc(0) }));
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const refused = {
      code: 'TIME_STAMP_FAILED',
      subject: url,
      detail: expect.stringMatching(/^nothing answers there.*Nothing was written\.$/),
    };
    await expect(fetchTimeStamp(url, SIGNATURE)).rejects.toMatchObject(refused);
    // Before a report is set, without a word to whoever may listen.
    await expect(expectListening(url)).rejects.toMatchObject(refused);
    const there = await authority(() => ({ body: Buffer.alloc(0) }));
    await expectListening(there.url);
    expect(there.asked).toEqual([]);
  });
});
