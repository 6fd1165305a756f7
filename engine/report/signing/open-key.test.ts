// A container that asks for its password to be hashed for hours is given up; an ordinary one opens.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import forge from 'node-forge';
import { afterAll, expect, test } from 'vitest';
import { openSigningKey } from './open-key.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-key-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const now = new Date();

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = forge.pki.privateKeyFromPem(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());

function container(): forge.asn1.Asn1 {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
  certificate.validity.notBefore = new Date(now.getTime() - 60_000);
  certificate.validity.notAfter = new Date(now.getTime() + 3_600_000);
  const name = [{ name: 'commonName', value: 'Anna' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(key, forge.md.sha256.create());
  return forge.pkcs12.toPkcs12Asn1(key, [certificate], 'secret', { algorithm: 'aes256', count: 100 });
}

function written(name: string, asn1: forge.asn1.Asn1): string {
  const file = path.join(folder, name);
  writeFileSync(file, Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1'));
  return file;
}

test('an ordinary container opens, and a wrong password is told as one', async () => {
  const file = written('plain.p12', container());
  const { certificate, others } = await openSigningKey(file, 'secret', now);
  expect(certificate.subject).toBe('CN=Anna');
  expect(others).toEqual([]);
  await expect(openSigningKey(file, 'other', now)).rejects.toMatchObject({ detail: 'wrong password.' });
});

test('one that asks for two thousand million rounds is given up, and the thread with it', async () => {
  const asn1 = container();
  // MacData: digest, salt, rounds.
  const check = (asn1.value as forge.asn1.Asn1[])[2]!;
  (check.value as forge.asn1.Asn1[])[2]!.value = forge.asn1.integerToDer(0x7fff_ffff).getBytes();
  await expect(openSigningKey(written('rounds.p12', asn1), 'secret', now, 1000)).rejects.toMatchObject({
    code: 'SIGNING_REFUSED',
    detail: expect.stringMatching(/^it could not be opened: /),
  });
});
