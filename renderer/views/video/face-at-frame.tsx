// Beside the frame: the chosen track's face in it, as the model saw it and what the model made of
// it.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TrackPoint } from '../../../contract/track.ts';
import { exactScoreText, KIND_WORDS } from '../../../contract/wording.ts';
import { engine } from '../../data/engine.ts';
import { go } from '../../data/route.ts';
import { Button } from '../../parts/button.tsx';
import { Stage } from '../../viewer/stage.tsx';
import { useModelPictures } from '../../viewer/use-model-pictures.ts';
import { FIT, type ViewTransform } from '../../viewer/view-transform.ts';

/** What is said of this one face. */
const words = ({ kind, score }: TrackPoint): string =>
  kind !== 'scored' ? KIND_WORDS[kind].label : score === null ? 'score hidden' : `raw score ${exactScoreText(score)}`;

export function FaceAtFrame({ point, trackIndex }: { point: TrackPoint; trackIndex: number }) {
  const { verdictId } = point;
  const query = useQuery(
    engine.finding.inspect.queryOptions({ input: { verdictId }, placeholderData: (before) => before }),
  );
  const pictures = useModelPictures(verdictId, query.data);
  const [view, setView] = useState<ViewTransform>(FIT);
  return (
    <div className="face-at-frame">
      {query.data ? (
        <Stage inspection={query.data} pictures={pictures} mode="panes" view={view} onView={setView} />
      ) : (
        <p className="face-none muted">Reading…</p>
      )}
      <div className="face-foot">
        <span>
          Track {trackIndex + 1}, this frame: <strong>{words(point)}</strong>
        </span>
        <Button small onClick={() => go('inspect', verdictId)}>
          Inspect
        </Button>
      </div>
    </div>
  );
}

/** Said where the frame shown has no result for the chosen track. */
export function NoFaceHere({ looked, onNearest }: { looked: boolean; onNearest: () => void }) {
  return (
    <div className="face-none">
      <p>
        {looked
          ? 'This frame was looked at, and the chosen track has no face in it.'
          : 'This frame was not looked at: the scan looks at some frames a second. To have every frame scored, scan the file with all frames.'}
      </p>
      <Button small onClick={onNearest}>
        Nearest face of this track
      </Button>
    </div>
  );
}
