// A verdict is made again by what its scan asked of the picture.
import { expect, test } from 'vitest';
import type { DomainReason } from '../../contract/domain.ts';
import type { EvidenceState } from '../../contract/evidence.ts';
import { asLookedAt } from './file-now.ts';

test('colours that are not applied put a face beyond the domain again only where its scan knew of them', () => {
  const said = { by: 'gAMA', stated: 'gamma 0.02' };
  const range: DomainReason = { kind: 'otherRange', curve: 'PQ' };
  const reason: DomainReason = { kind: 'coloursNotApplied', ...said };
  const read = { kind: 'read', widthPx: 9, heightPx: 9, remarks: ['Converted from 16-bit samples'] } as const;
  const before: EvidenceState = { ...read, remarks: [...read.remarks] };
  const now: EvidenceState = { ...read, remarks: [{ kind: 'coloursNotApplied', ...said }] };
  const decoded = { state: now, image: undefined, beyondDomain: [range, reason] };
  expect(asLookedAt({ state: before }, decoded).beyondDomain).toEqual([range]);
  expect(asLookedAt({ state: now }, decoded).beyondDomain).toEqual([range, reason]);
});
