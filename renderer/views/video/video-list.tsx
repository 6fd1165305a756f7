// The videos of the case: how long, what was found, the highest score, the examiner's own opinion.
// Choosing one opens it along its time.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { VideoSummary } from '../../../contract/video-summary.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { scoreText } from '../../../contract/wording.ts';
import { engine } from '../../data/engine.ts';
import { useFacets } from '../../data/facets.ts';
import { useModelShown } from '../../data/grid-state.ts';
import { goToVideo } from '../../data/route.ts';
import { SelectOf } from '../../parts/field.tsx';
import { ConclusionMark } from '../../parts/marks.tsx';
import { Failure } from '../../parts/message.tsx';
import { ModelSwitch } from '../../parts/model-switch.tsx';
import { conclusionName, countText, numberText } from '../../wording.ts';
import { clockText } from './frame-list.ts';

const lengthOf = ({ evidence: { state } }: VideoSummary): number | null =>
  state.kind === 'read' ? (state.video?.durationMs ?? null) : null;

const ORDERS = {
  path: { words: 'File name', compare: () => 0 },
  score: {
    words: 'Highest score',
    compare: (a: VideoSummary, b: VideoSummary) => (b.highestScore ?? -1) - (a.highestScore ?? -1),
  },
  length: { words: 'Length', compare: (a: VideoSummary, b: VideoSummary) => (lengthOf(b) ?? -1) - (lengthOf(a) ?? -1) },
} as const;

const STATE_WORDS = { unreadable: 'could not be read', pending: 'being scanned' } as const;

function Row({ summary }: { summary: VideoSummary }) {
  const { evidence, faces, tracks, highestScore, hidden, ownConclusion } = summary;
  const { state } = evidence;
  const length = lengthOf(summary);
  return (
    <tr>
      <th scope="row">
        <button type="button" className="video-row" onClick={() => goToVideo(evidence.id)}>
          {visibleText(evidence.shownPath)}
        </button>
      </th>
      <td>{length === null ? '–' : clockText(length)}</td>
      <td>{state.kind === 'read' ? countText(faces, 'face', 'faces') : STATE_WORDS[state.kind]}</td>
      <td>{numberText(tracks)}</td>
      <td>{hidden ? 'hidden' : highestScore === null ? '–' : scoreText(highestScore)}</td>
      <td>
        {ownConclusion ? (
          <span className="video-own">
            <ConclusionMark conclusion={ownConclusion} size={15} /> {conclusionName(ownConclusion)}
          </span>
        ) : (
          '–'
        )}
      </td>
    </tr>
  );
}

export function VideoList() {
  const modelId = useModelShown();
  const query = useQuery(
    engine.video.list.queryOptions({
      input: modelId ? { modelId } : {},
      enabled: modelId !== undefined,
      staleTime: 0,
      placeholderData: (before) => before,
    }),
  );
  const facets = useFacets();
  const [order, setOrder] = useState<keyof typeof ORDERS>('path');
  const videos = (query.data ?? []).toSorted(ORDERS[order].compare);
  return (
    <section className="page" aria-label="Videos">
      <div className="page-inner">
        <div className="page-head">
          <div>
            <h1>Videos</h1>
            <p>Choose a video to see it along its time.</p>
          </div>
          <ModelSwitch facets={facets} />
          <SelectOf label="Order of videos" table={ORDERS} value={order} onChange={setOrder} />
        </div>
        <Failure error={query.error} />
        <div className="card video-table">
          <table className="figures">
            <thead>
              <tr>
                <th scope="col">File</th>
                <th scope="col">Length</th>
                <th scope="col">Found</th>
                <th scope="col">Tracks</th>
                <th scope="col">Highest raw score of a face</th>
                <th scope="col">Your opinion on the file</th>
              </tr>
            </thead>
            <tbody>
              {videos.map((one) => (
                <Row key={one.evidence.id} summary={one} />
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </section>
  );
}
