// What is made of npm's answers: only an invalid signature fails; what was not checked is said,
// never taken for checked.
import { expect, test } from 'vitest';
import { judgeAudit } from './audit-signatures.ts';

const one = (name: string, more: object = {}) => ({
  name,
  version: '1.0.0',
  registry: 'https://registry.test/',
  ...more,
});
const judge = (value: unknown) => judgeAudit({ stdout: JSON.stringify(value), timedOut: false });

test('an invalid signature and an invalid attestation fail and are named', () => {
  for (const code of ['EINTEGRITYSIGNATURE', 'EATTESTATIONVERIFY'])
    expect(judge({ invalid: [one('evil', { code })], missing: [one('plain')] })).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('evil@1.0.0'),
    });
});

test('all signed, and some without a signature', () => {
  expect(judge({ invalid: [], missing: [] })).toEqual({
    ok: true,
    sentence: 'Every installed package bears a valid signature of its registry.',
  });
  expect(judge({ invalid: [], missing: [one('plain')] })).toMatchObject({
    ok: true,
    sentence: expect.stringContaining('1 have none'),
  });
});

test.each([
  [
    'keys that cannot be fetched',
    JSON.stringify({ error: { code: 'ENOTFOUND', summary: 'getaddrinfo ENOTFOUND x' } }),
    false,
  ],
  [
    'a registry without signatures',
    JSON.stringify({
      error: { summary: 'found no dependencies to audit that were installed from a supported registry' },
    }),
    false,
  ],
  ['no answer', '', false],
  ['an answer that takes too long', '', true],
])('%s: not checked, which is said', (_, stdout, timedOut) => {
  const { ok, sentence } = judgeAudit({ stdout, timedOut });
  expect(ok).toBe(true);
  expect(sentence).toMatch(/^Signatures of packages were not checked: .+\.?$/);
});
