// Video: a file of the case along its time, or why it cannot be shown.

import { useQuery } from '@tanstack/react-query';
import { Film } from 'lucide-react';
import type { Evidence } from '../../../contract/evidence.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import { engine } from '../../data/engine.ts';
import { useModelShown } from '../../data/grid-state.ts';
import { go, type Route } from '../../data/route.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, Failure, Message } from '../../parts/message.tsx';
import { videoToOpen } from './frame-list.ts';
import type { ReadVideo } from './use-watching.ts';
import { useVideos, VideoChoice } from './video-choice.tsx';
import { VideoList } from './video-list.tsx';
import { WatchedVideo } from './watched-video.tsx';
import './video.css';

function OneVideo({ evidence, startAt, track }: { evidence: Evidence; startAt: number | null; track: Route['track'] }) {
  const modelId = useModelShown();
  const query = useQuery(
    engine.video.timeline.queryOptions({
      input: { evidenceId: evidence.id, ...(track ? { scanId: track.scanId } : modelId ? { modelId } : {}) },
      enabled: track !== null || modelId !== undefined,
      refetchInterval: ({ state }) => (state.data && !state.data.finished ? 3000 : false),
    }),
  );
  const { state } = evidence;
  if (state.kind === 'unreadable')
    return (
      <div className="video-problem">
        <VideoChoice id={evidence.id} />
        <Message tone="danger" title="This file could not be read.">
          {unreadableWords(state)}
        </Message>
      </div>
    );
  if (query.error || (query.data && query.data.frames.length === 0) || state.kind === 'pending')
    return (
      <div className="video-problem">
        <VideoChoice id={evidence.id} />
        {query.error ? (
          <Failure error={query.error} />
        ) : (
          <Message title="This file is being scanned.">Its frames appear here when its end is reached.</Message>
        )}
      </div>
    );
  if (!query.data) return null;
  return (
    <WatchedVideo
      key={`${evidence.id}/${query.data.modelId}/${query.data.scan.id}/${startAt}/${track?.id}`}
      evidence={evidence as ReadVideo}
      timeline={query.data}
      startAt={startAt}
      track={track}
    />
  );
}

export function VideoView({ evidenceId, frameIndex, track }: Pick<Route, 'evidenceId' | 'frameIndex' | 'track'>) {
  const { videos, error, isPending } = useVideos();
  if (error) return <Failure error={error} />;
  if (isPending || !videos) return null;
  if (evidenceId === null && videos.length > 1) return <VideoList />;
  const chosen = videoToOpen(videos, evidenceId);
  if (!chosen)
    return (
      <Empty icon={Film} title="No video in this case" actions={<Button onClick={() => go('scan')}>Scan files</Button>}>
        Videos that are scanned into the case are shown here along their time.
      </Empty>
    );
  const isAsked = chosen.id === evidenceId;
  return <OneVideo evidence={chosen} startAt={isAsked ? frameIndex : null} track={isAsked ? track : null} />;
}
