// Certificates a laboratory trusts that cannot be read: nothing is recorded as examined without
// them.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sha256Of } from '../blobs/blob-store.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { addEvidence } from '../case/rows/evidence.ts';
import { findProvenance } from '../case/rows/provenance.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { provenanceOf } from './examine-provenance-of-evidence.ts';
import { closeServices, createServices } from './services.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-trust-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('where the trusted certificates cannot be read a file is not examined, says why, and is when they can', async () => {
  const app = path.join(root, 'app');
  mkdirSync(app);
  const services = createServices({ appDataFolder: app });
  const handle = createCase(path.join(root, 'case'), { title: 'T', reference: '', demonstration: false });
  const file = samplePhotograph(1);
  const evidence = addEvidence(handle, {
    ...{ path: file, relativePath: 'a.jpg', mediaType: 'image/jpeg', modifiedAt: null },
    ...{ sizeBytes: readFileSync(file).length, sha256: sha256Of(readFileSync(file)) },
  });
  try {
    const trust = path.join(app, 'trust');
    writeFileSync(trust, 'no folder');
    expect(await provenanceOf(services, handle, evidence)).toEqual({
      found: { kind: 'notExamined', message: expect.stringContaining('ENOTDIR') },
      recorded: false,
    });
    rmSync(trust);
    mkdirSync(path.join(trust, 'laboratory.pem'), { recursive: true });
    expect(await provenanceOf(services, handle, evidence)).toMatchObject({ found: { kind: 'notExamined' } });
    expect(findProvenance(handle, evidence.id)).toBeUndefined();
    rmSync(trust, { recursive: true });
    expect(await provenanceOf(services, handle, evidence)).toMatchObject({
      found: { kind: 'examined' },
      recorded: true,
    });
  } finally {
    closeCase(handle);
    await closeServices(services);
  }
});
