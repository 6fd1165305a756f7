// The videos of a case as a list to choose from: what was found in each, and what the viewer has
// said of it.
import { sql } from 'kysely';
import type { ModelId } from '../../../contract/brand.ts';
import type { Conclusion } from '../../../contract/opinion.ts';
import type { VideoSummary } from '../../../contract/video-summary.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { listEvidence } from '../rows/evidence.ts';
import { latestVideoScan } from '../rows/video-scan.ts';
import { hidesSomeOf } from './finding.ts';
import type { Viewer } from './finding-filter.ts';
import { askedModel } from './model-shown.ts';

/** Videos shown in one list; those behind are found by their path in Faces. */
const MOST = 1000;

/** By path, by the model `asked` for or the one that is shown. What blind review hides comes as null with `hidden`. */
export function listVideos(opened: ReadableCase, viewer: Viewer, asked?: ModelId): VideoSummary[] {
  const modelId = askedModel(opened, viewer, asked);
  return listEvidence(opened, { offset: 0, limit: MOST, videosOnly: true }).rows.map((evidence) => {
    const { id } = evidence;
    const hidden = hidesSomeOf(opened, viewer, id);
    const found = opened.db.first(
      query
        .selectFrom('verdict')
        .select([sql<number | null>`max(score)`.as('highest'), sql<number>`count(DISTINCT face_id)`.as('faces')])
        .where('evidence_id', '=', id)
        .where('model_id', '=', modelId ?? ''),
    );
    const scan = latestVideoScan(opened, id, modelId);
    const tracks = scan
      ? opened.db.first(
          query
            .selectFrom('track')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('video_scan_id', '=', scan.id),
        )!.n
      : 0;
    return {
      evidence,
      faces: Number(found?.faces ?? 0),
      tracks: Number(tracks),
      highestScore: hidden ? null : (found?.highest ?? null),
      hidden: hidden && found?.highest != null,
      ownConclusion: ownConclusion(opened, viewer, id),
    };
  });
}

function ownConclusion({ db }: ReadableCase, viewer: Viewer, evidenceId: number): Conclusion | null {
  const own = db.first(
    query
      .selectFrom('current_opinion')
      .select('conclusion')
      .where('evidence_id', '=', evidenceId)
      .where('face_id', '=', 0)
      .where('examiner_id', '=', viewer.examinerId ?? -1),
  )?.conclusion as Conclusion | undefined;
  return own === undefined || own === 'withdrawn' ? null : own;
}
