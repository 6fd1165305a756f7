// Everything known about a face: where it is, how large and sharp, and what the finder made of it.
import type { Inspection } from '../../../contract/procedures.ts';
import { timeText } from '../../../contract/subject-words.ts';
import { goToVideo } from '../../data/route.ts';
import { Facts } from '../../parts/facts.tsx';

export function FaceFacts({ face }: { face: NonNullable<Inspection['face']> }) {
  const { box, quality } = face;
  return (
    <Facts
      facts={[
        ['Number', `${face.faceIndex + 1} in the picture`],
        face.pts === null
          ? null
          : [
              'Frame',
              <button
                key="frame"
                type="button"
                className="link-button"
                title="Show it in the video"
                onClick={() => goToVideo(face.evidenceId, face.frameIndex)}
              >
                {`${face.frameIndex}, at ${timeText(face.timeMs)}, timestamp ${face.pts}`}
              </button>,
            ],
        [
          'Box',
          <span
            key="box"
            className="mono"
          >{`${Math.round(box.x)}, ${Math.round(box.y)}, ${Math.round(box.width)} × ${Math.round(box.height)}`}</span>,
        ],
        ['Size', `${Math.round(quality.sizePx)} pixels`],
        ['Sharpness', quality.sharpness.toFixed(1)],
        ['Brightness', quality.brightness.toFixed(2)],
        ['Roll', `${quality.rollDegrees.toFixed(1)}°`],
        ['Turned away', `${quality.yawProxy.toFixed(2)} (0 frontal, beyond 0.5 profile)`],
        ['Finder score', face.finderScore.toFixed(3)],
        face.foundAtRotation === 0 ? null : ['Found turned by', `${face.foundAtRotation}°`],
      ]}
    />
  );
}
