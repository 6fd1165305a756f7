// Everything known about the file a finding is in, with the ways to other files that have to do
// with it.

import type { Inspection } from '../../../contract/procedures.ts';
import { incompleteWords, remarkWords } from '../../../contract/remark-words.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import type { VideoFacts } from '../../../contract/video.ts';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { Message } from '../../parts/message.tsx';
import { SameBytes, showResultsOf } from '../../parts/same-bytes.tsx';
import { ALTERED_WORDS, bytesText, instantText, numberText } from '../../wording.ts';

const videoFacts = (video: VideoFacts): Fact[] => [
  ['Video', `${video.codec} ${video.profile}, ${video.pixelFormat}, in ${video.container}`],
  [
    'Frames',
    `${numberText(video.frames)}${video.damagedFrames > 0 ? `, ${numberText(video.damagedFrames)} damaged and not looked at` : ''}${video.refusedPackets ? `, ${numberText(video.refusedPackets)} more that could not be decoded` : ''}`,
  ],
  ['Duration', `${(video.durationMs / 1000).toFixed(3)} s`],
  [
    'Rate',
    `${video.frameRate ? `${(video.frameRate.num / video.frameRate.den).toFixed(3)} frames a second` : 'not stated'}${video.variableRate ? ', variable' : ''}`,
  ],
  ['Time base', `${video.timeBase.num}/${video.timeBase.den} s`],
  ['Colour', `${video.colour.matrix}, ${video.colour.range}${video.colour.matrixAssumed ? ' (assumed)' : ''}`],
  ...(video.incompleteBecause ? [['Incomplete', incompleteWords(video.incompleteBecause)] as Fact] : []),
];

/** A file that was refused at first has two rows; each names the other. */
function Refused({ evidence: { succeeds, succeededBy } }: { evidence: Inspection['evidence'] }) {
  const other = succeeds?.evidenceId ?? succeededBy;
  if (other === undefined) return null;
  return (
    <Message
      tone="plain"
      title={succeeds ? 'This file could not be read at an earlier look.' : 'This file could be read at a later look.'}
    >
      {succeeds ? `${instantText(succeeds.addedAt)}: ${succeeds.reason}. That result stays. ` : null}
      <button type="button" className="link-button" onClick={() => showResultsOf(other)}>
        {succeeds ? 'Show the refusal' : 'Show its results'}
      </button>
    </Message>
  );
}

export function FileFacts({ inspection: { evidence, sameBytes } }: { inspection: Inspection }) {
  const { state } = evidence;
  return (
    <>
      {evidence.alterations.map((one) => (
        <Message key={one.noticedAt} tone="danger" title={ALTERED_WORDS[one.kind]}>
          {instantText(one.noticedAt)}, {one.who || 'no examiner'}: {one.found}
        </Message>
      ))}
      <Refused evidence={evidence} />
      <Facts
        facts={[
          ['Path', <Copyable key="path" text={evidence.path} name="the path" />],
          [
            'SHA-256',
            evidence.sha256 ? (
              <Copyable key="hash" text={evidence.sha256} name="the SHA-256" />
            ) : (
              'no byte could be read'
            ),
          ],
          evidence.archive
            ? [
                'In the archive',
                <span key="archive">
                  <button
                    type="button"
                    className="link-button"
                    onClick={() => showResultsOf(evidence.archive!.evidenceId)}
                  >
                    {evidence.archive.shownPath}
                  </button>
                  , SHA-256 <Copyable text={evidence.archive.sha256} name="the SHA-256 of the archive" />
                </span>,
              ]
            : null,
          sameBytes.total > 0 ? ['Same bytes as', <SameBytes key="same" {...sameBytes} />] : null,
          ['Type', evidence.mediaType],
          ['Size', `${bytesText(evidence.sizeBytes)} (${numberText(evidence.sizeBytes)} bytes)`],
          state.kind === 'read' ? ['Picture', `${state.widthPx} × ${state.heightPx} pixels, upright`] : null,
          [
            evidence.archive ? 'Archive modified' : 'Modified',
            evidence.modifiedAt ? instantText(evidence.modifiedAt) : 'unknown',
          ],
          ['Taken in', instantText(evidence.addedAt)],
          ...(state.kind === 'read' && state.video ? videoFacts(state.video) : []),
          state.kind === 'read' && state.remarks.length > 0
            ? ['Remarks', state.remarks.map(remarkWords).join('; ')]
            : null,
          state.kind === 'unreadable' ? ['Unreadable', `${state.reason}: ${unreadableWords(state)}`] : null,
        ]}
      />
      <button type="button" className="link-button" onClick={() => showResultsOf(evidence.id)}>
        Show every result of this file
      </button>
    </>
  );
}
