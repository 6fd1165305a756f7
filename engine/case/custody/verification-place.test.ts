import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { appendAudit, lastAudit } from '../log/audit.ts';
import { closeCase, createCase } from '../open-case.ts';
import { bindVerification, isVerificationOfHere } from './verification-place.ts';

const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'recce-verified-')), 'case');
const opened = createCase(folder, { title: 'V', reference: '', demonstration: false });
afterAll(() => closeCase(opened));

const here = (text: string): string => createHash('sha256').update(`here ${text}`).digest('hex');
const elsewhere = (text: string): string => createHash('sha256').update(`elsewhere ${text}`).digest('hex');
const enter = (who: string, details: Record<string, unknown>) =>
  appendAudit(opened, { who, action: 'case.verified', subject: folder, details });
const isOfHere = (): boolean => isVerificationOfHere(opened, lastAudit(opened, 'case.verified')!, here);
const bound = (who: string, said: Record<string, unknown>, by = here) => ({
  ...said,
  boundTo: bindVerification(opened, who, said, by),
});
const headNow = () => ({ seq: lastAudit(opened, 'case.created', 'case.verified')!.seq, hash: 'x' });

test('a verification is one of here where this installation bound it, and once', () => {
  const clean = bound('Anna', { head: headNow(), problems: [], remarks: [] });
  enter('Anna', clean);
  expect(isOfHere()).toBe(true);
  enter('Anna', bound('Anna', { head: headNow(), problems: [{ kind: 'verdictChanged' }], remarks: [] }));
  expect(isOfHere()).toBe(true);
  // The clean one said again, behind the one that found something.
  enter('Anna', clean);
  expect(isOfHere()).toBe(false);
  const said = { head: headNow(), problems: [], remarks: [] };
  enter('Bert', bound('Anna', said));
  expect(isOfHere()).toBe(false);
  const again = { head: headNow(), problems: [], remarks: [] };
  enter('Anna', bound('Anna', again, elsewhere));
  expect(isOfHere()).toBe(false);
  enter('Anna', { head: headNow(), problems: [], remarks: [] });
  expect(isOfHere()).toBe(false);
});
