// The four pictures of a scored face as numbers, and the two maps painted.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { VerdictId } from '../../contract/brand.ts';
import type { Inspection } from '../../contract/procedures.ts';
import { viewsOf } from '../../contract/verdict.ts';
import { useCase } from '../data/open-case.ts';
import { loadPixels, paintScale } from './pixels.ts';

type Kind = 'crop' | 'reconstruction' | 'difference' | 'gate';

/**
 * A verdict never changes, so its pictures are kept; under this opening of the case, because another
 * case has the same row numbers, and not given while blind mode hides them, even where they were seen
 * before.
 */
function usePixels(kind: Kind, id: VerdictId, shown: boolean): { pixels?: ImageData | undefined; awaited?: boolean } {
  const opening = useCase()?.opening;
  const { data, isPending } = useQuery({
    queryKey: ['picture', opening, kind, id],
    queryFn: ({ signal }) => loadPixels({ kind, id }, signal),
    enabled: shown && opening !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  return shown ? { pixels: data, awaited: isPending } : {};
}

export type ModelPictures = {
  crop?: ImageData;
  /** There is a crop, and it is on its way. */
  cropAwaited?: true;
  reconstruction?: ImageData;
  difference?: ImageData;
  gate?: ImageData;
  paintedDifference?: ImageData;
  paintedGate?: ImageData;
};

export function useModelPictures(verdictId: VerdictId, inspection: Inspection | undefined): ModelPictures {
  const outcome = inspection?.verdict?.outcome;
  const scored = outcome?.kind === 'scored' && viewsOf(outcome) !== undefined;
  const hasCrop =
    inspection?.hidden || (outcome !== undefined && 'cropSha256' in outcome && outcome.cropSha256 !== null);
  const { pixels: crop, awaited: cropAwaited } = usePixels('crop', verdictId, hasCrop);
  const { pixels: reconstruction } = usePixels('reconstruction', verdictId, scored);
  const { pixels: difference } = usePixels('difference', verdictId, scored);
  const { pixels: gate } = usePixels('gate', verdictId, scored);
  const paintedDifference = useMemo(() => difference && paintScale(difference), [difference]);
  const paintedGate = useMemo(() => gate && paintScale(gate), [gate]);
  return Object.fromEntries(
    Object.entries({ crop, cropAwaited, reconstruction, difference, gate, paintedDifference, paintedGate }).filter(
      ([, one]) => one,
    ),
  );
}
