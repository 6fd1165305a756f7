// Which of the case's videos is shown, and by whose results.
import { useQuery } from '@tanstack/react-query';
import { List } from 'lucide-react';
import type { EvidenceId } from '../../../contract/brand.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { engine } from '../../data/engine.ts';
import { useFacets } from '../../data/facets.ts';
import { go, goToVideo } from '../../data/route.ts';
import { Button } from '../../parts/button.tsx';
import { Select } from '../../parts/field.tsx';
import { ModelSwitch } from '../../parts/model-switch.tsx';

/** Videos of the case, by path. */
export function useVideos() {
  const query = useQuery(engine.evidence.list.queryOptions({ input: { limit: 1000, videosOnly: true } }));
  return { ...query, videos: query.data?.rows };
}

export function VideoChoice({ id }: { id: EvidenceId }) {
  const { videos = [] } = useVideos();
  const facets = useFacets();
  return (
    <div className="video-choice">
      {videos.length > 1 ? (
        <Button small icon={List} onClick={() => go('video')}>
          All videos
        </Button>
      ) : null}
      <Select
        aria-label="Video"
        value={String(id)}
        onChange={(event) => goToVideo(Number(event.target.value) as EvidenceId)}
      >
        {videos.map((one) => (
          <option key={one.id} value={one.id}>
            {visibleText(one.shownPath)}
          </option>
        ))}
      </Select>
      <ModelSwitch facets={facets} />
    </div>
  );
}
