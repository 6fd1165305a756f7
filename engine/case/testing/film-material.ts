// A film with one face in it, scanned as often as a test wants. Tests only.
import type { EvidenceId, ModelId, Sha256, TrackId, VideoScanId } from '../../../contract/brand.ts';
import type { NewFace } from '../../../contract/face.ts';
import type { SecondLookMade } from '../../../contract/second-look.ts';
import type { VerdictOutcome } from '../../../contract/verdict.ts';
import type { Sampling } from '../../../contract/video.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { addEvidence } from '../rows/evidence.ts';
import { keepModel } from '../rows/model.ts';
import { addVerdicts } from '../rows/verdict.ts';
import { addVideoFrame, beginVideoScan, facesOfScan, finishVideoScan, tracksOf } from '../rows/video-scan.ts';
import { testModel, testParameters } from './case-material.ts';

/** Frames of it are 40 ms apart. */
export function addFilm(opened: WritableCase, name: string): EvidenceId {
  const row = { path: `/nowhere/${name}`, relativePath: name, mediaType: 'video/mp4', sizeBytes: 7, modifiedAt: null };
  keepModel(opened, testModel);
  return addEvidence(opened, { ...row, sha256: '3'.repeat(64) as Sha256 }).id;
}

/** `x` of the box tells faces of different people apart. */
const faceAt = (frameIndex: number, x: number): NewFace => ({
  ...{ frameIndex, timeMs: frameIndex * 40, pts: frameIndex * 512, faceIndex: x === 0 ? 0 : 1 },
  ...{ finderScore: 0.9, foundAtRotation: 0, box: { x, y: 2, width: 40, height: 50 } },
  landmarks: Array.from({ length: 68 }, () => ({ x: 0, y: 0 })),
  quality: { sizePx: 50, sharpness: 9, brightness: 0.5, rollDegrees: 0, yawProxy: 0 },
});

type Scanning = {
  sampling: Sampling;
  outcome: VerdictOutcome;
  places?: readonly number[];
  modelId?: ModelId;
  /** Of a model that was asked second. */
  secondLook?: SecondLookMade;
};

/** A finished scan that looked at these frames, with a track of the face at each place. */
export function scanFilm(
  opened: WritableCase,
  evidenceId: EvidenceId,
  frames: readonly number[],
  { sampling, outcome, places = [0], modelId = testParameters.modelId, secondLook }: Scanning,
): { scanId: VideoScanId; trackIds: TrackId[] } {
  const relativePath = 'film.mp4';
  const verdicts = frames.flatMap((frame) => places.map((x) => ({ face: faceAt(frame, x), outcome })));
  keepModel(opened, { ...testModel, id: modelId });
  const parameters = { ...testParameters, modelId, ...(secondLook ? { secondLook } : {}) };
  addVerdicts(opened, parameters, [{ evidenceId, relativePath, state: undefined, verdicts }]);
  const key = { evidenceId, modelId, pipelineVersion: 1, minimumFacePx: 1 };
  const scan = beginVideoScan(opened, { ...key, sampling });
  for (const frameIndex of frames) {
    const at = { frameIndex, timeMs: frameIndex * 40, pts: frameIndex * 512 };
    addVideoFrame(opened, scan.id, { ...at, sceneChange: false, faces: places.length });
  }
  const faces = facesOfScan(opened, scan);
  const tracks = places.map((x) => ({
    faces: faces.filter(({ box }) => box.x === x).map(({ faceId }) => ({ faceId, isKey: true })),
  }));
  finishVideoScan(opened, scan.id, { ptsRuns: { first: 0, steps: [[512, 500]] }, tracks });
  return { scanId: scan.id as VideoScanId, trackIds: tracksOf(opened, scan.id).map(({ id }) => id) };
}
