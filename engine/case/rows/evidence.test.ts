// A file's row of an earlier version holds sentences where it holds data now. What a later look
// finds the same leaves the row, and with it the seals over it, as it is.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { EvidenceState } from '../../../contract/evidence.ts';
import { auditEntriesOf } from '../log/audit.ts';
import { closeCase, createCase } from '../open-case.ts';
import { addFile } from '../testing/case-material.ts';
import { allEvidence, RESTATED, setEvidenceState } from './evidence.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-evidence-row-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const read = (rest: object) => ({ kind: 'read', widthPx: 8, heightPx: 4, ...rest }) as EvidenceState;
const EARLIER = read({
  remarks: ['First of 2 pages or animation frames; the others are not examined', 'Converted from 16-bit samples'],
  leftOut: ['First of 2 pages or animation frames; the others are not examined'],
});
const pages = { kind: 'firstOfPages', pages: 2 };
const NOW = read({ remarks: [pages, { kind: 'fromBits', bits: 16 }], leftOut: [pages] });

test.each<[string, EvidenceState, EvidenceState, EvidenceState]>([
  ['a file that was read', EARLIER, NOW, read({ remarks: [], leftOut: [pages] })],
  [
    'a file that could not be read',
    { kind: 'unreadable', reason: 'empty', message: 'The file is empty.' },
    { kind: 'unreadable', reason: 'empty', message: { kind: 'empty' } },
    { kind: 'unreadable', reason: 'truncated', message: { kind: 'endsBeforePicture' } },
  ],
])('%s: the sentences of an earlier version stay until something else is found', (name, earlier, now, other) => {
  const opened = createCase(path.join(root, name), { title: 'E', reference: '', demonstration: false });
  try {
    addFile(opened, 'a.jpg', [0.5]);
    const { id } = allEvidence(opened)[0]!;
    const restated = () => auditEntriesOf(opened, RESTATED).length;
    setEvidenceState(opened, id, earlier);
    const before = restated();
    setEvidenceState(opened, id, now);
    expect(allEvidence(opened)[0]!.state).toEqual(earlier);
    expect(restated()).toBe(before);
    setEvidenceState(opened, id, other);
    expect(allEvidence(opened)[0]!.state).toEqual(other);
    expect(restated()).toBe(before + 1);
  } finally {
    closeCase(opened);
  }
});
