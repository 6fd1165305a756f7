// What the command line says of a report that a case was held against: nothing that fails may read
// as if it had held.
import { expect, test } from 'vitest';
import type { Sha256 } from '../contract/brand.ts';
import type { AgainstReport } from '../contract/case.ts';
import type { FileSignature } from '../contract/signature.ts';
import { againstLines, signatureLine } from './signature-words.ts';

const hash = (digit: string): Sha256 => digit.repeat(64) as Sha256;
const signature: FileSignature = {
  signer: 'A. Signer',
  issuer: 'Authority',
  subject: 'CN=A. Signer, O=Laboratory',
  selfSigned: false,
  serialNumber: '0A',
  certificateSha256: hash('c'),
  validFrom: '2026-01-01T00:00:00.000Z',
  validTo: '2027-01-01T00:00:00.000Z',
  coversFile: true,
  verified: true,
  timeStamp: {
    at: '2026-03-01T09:30:00.000Z',
    authority: 'TSA',
    certificateSha256: hash('d'),
    verified: true,
    certificateFlaw: null,
  },
};
const held: AgainstReport = {
  report: 'report.pdf',
  entry: { seq: 12, hash: hash('e') },
  entryHeld: true,
  firstEntry: hash('f'),
  firstEntryHeld: true,
  signature,
};

test('who signed, with which certificate, when it was stamped and by whom, and both entries', () => {
  const said = againstLines(held).join('\n');
  for (const words of [`12:${hash('e')}`, 'which the log holds', `1:${hash('f')}`, 'which it is.']) {
    expect(said).toContain(words);
  }
  for (const words of ['CN=A. Signer, O=Laboratory', 'issued by Authority', hash('c'), 'covers the whole file'])
    expect(said).toContain(words);
  expect(said).toContain(`Time stamp 2026-03-01T09:30:00.000Z by TSA, certificate SHA-256 ${hash('d')}`);
  expect(said).not.toContain('NOT');
});

test.each([
  ['another entry', { entryHeld: false }, 'the log does NOT hold'],
  ['another case', { firstEntryHeld: false }, 'which it is NOT'],
  ['no signature', { signature: null }, 'It is not signed'],
  ['no stamp', { signature: { ...signature, timeStamp: null } }, 'its signer’s word'],
  ['a part of the file', { signature: { ...signature, coversFile: false } }, 'does NOT cover the whole file'],
  ['another file', { signature: { ...signature, verified: false } }, 'The signature does NOT fit'],
  [
    'a stamp of something else',
    { signature: { ...signature, timeStamp: { ...signature.timeStamp!, verified: false } } },
    'does NOT fit the signature',
  ],
  ['an earlier version', { firstEntry: null, firstEntryHeld: null }, 'does not name the first entry'],
])('%s is said', (_, change, words) => {
  expect(againstLines({ ...held, ...change }).join('\n')).toContain(words);
});

test('what the certificate of the authority says against a stamp is said with it', () => {
  for (const [certificateFlaw, words] of [
    ['notValidThen', 'was not valid at the time that it states'],
    ['notForTimeStamps', 'is not one for time stamps'],
  ] as const) {
    const flawed = { ...signature, timeStamp: { ...signature.timeStamp!, certificateFlaw } };
    expect(againstLines({ ...held, signature: flawed }).join('\n')).toContain(words);
    expect(signatureLine(flawed)).toContain(words);
  }
});
