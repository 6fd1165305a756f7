// A verdict is made again by what its scan asked of the picture.
import { expect, test } from 'vitest';
import type { DomainReason } from '../../contract/domain.ts';
import type { EvidenceState } from '../../contract/evidence.ts';
import type { HeldRemark } from '../../contract/remark.ts';
import { asLookedAt } from './file-now.ts';

test('colours that are not applied put a face beyond the domain again only where its scan knew of them', () => {
  const said = { by: 'gAMA', stated: 'gamma 0.02' };
  const range: DomainReason = { kind: 'otherRange', curve: 'PQ' };
  const reason: DomainReason = { kind: 'coloursNotApplied', ...said };
  const byProfile: DomainReason = { kind: 'coloursNotApplied', by: 'profile', stated: 'RGB' };
  const beyond = [range, reason, byProfile];
  const after = (remarks: HeldRemark[]) => {
    const state: EvidenceState = { kind: 'read', widthPx: 9, heightPx: 9, remarks };
    return asLookedAt({ state }, { state, image: undefined, beyondDomain: beyond }).beyondDomain;
  };
  expect(after(['Converted from 16-bit samples'])).toEqual([]);
  expect(after([{ kind: 'coloursNotApplied', ...said }])).toEqual([reason]);
  expect(after(['High dynamic range (PQ); the curve is not converted'])).toEqual([range]);
  expect(after([{ kind: 'curveNotConverted', transfer: 'PQ' }])).toEqual([range]);
});
