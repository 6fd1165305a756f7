// Beside the stage: what the machine says, what examiners say, and everything known about the face, the file and the model.
import { useQuery } from '@tanstack/react-query';
import type { VerdictId } from '../../../contract/brand.ts';
import type { Conclusion } from '../../../contract/opinion.ts';
import type { Inspection } from '../../../contract/procedures.ts';
import type { VideoFacts } from '../../../contract/video.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { engine } from '../../data/engine.ts';
import { setFilter } from '../../data/grid-state.ts';
import { go, goToVideo } from '../../data/route.ts';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { bytesText, instantText, numberText } from '../../wording.ts';
import { PassportFacts } from '../models/passport-facts.tsx';
import { OpinionSection } from './opinion-section.tsx';
import { ProvenanceSection } from './provenance-section.tsx';
import { RerunSection } from './rerun-section.tsx';
import { Section } from './section.tsx';
import { VerdictSection } from './verdict-section.tsx';
import { timeText } from './video-timeline.tsx';

function FaceFacts({ face }: { face: NonNullable<Inspection['face']> }) {
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

const videoFacts = (video: VideoFacts): Fact[] => [
  ['Video', `${video.codec} ${video.profile}, ${video.pixelFormat}, in ${video.container}`],
  [
    'Frames',
    `${numberText(video.frames)}${video.damagedFrames > 0 ? `, ${numberText(video.damagedFrames)} damaged and not looked at` : ''}`,
  ],
  ['Duration', `${(video.durationMs / 1000).toFixed(3)} s`],
  [
    'Rate',
    `${video.frameRate ? `${(video.frameRate.num / video.frameRate.den).toFixed(3)} frames a second` : 'not stated'}${video.variableRate ? ', variable' : ''}`,
  ],
  ['Time base', `${video.timeBase.num}/${video.timeBase.den} s`],
  ['Colour', `${video.colour.matrix}, ${video.colour.range}${video.colour.matrixAssumed ? ' (assumed)' : ''}`],
  ...(video.incompleteBecause ? [['Incomplete', video.incompleteBecause] as Fact] : []),
];

/** Shows every result of a row of the evidence: a link from a file to the refusal before it, and back. */
export const showResultsOf = (evidenceId: Inspection['evidence']['id']): void => {
  setFilter({ evidenceId });
  go('faces');
};

const isLinked = ({ succeeds, succeededBy }: Inspection['evidence']): boolean =>
  succeeds !== undefined || succeededBy !== undefined;

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

/** Names of the files that hold the same bytes, each a link to its results. */
export const SameBytes = ({ total, files }: Inspection['sameBytes']) => (
  <>
    {files.map(({ id, relativePath }) => (
      <button key={id} type="button" className="link-button" onClick={() => showResultsOf(id)}>
        {visibleText(relativePath)}
      </button>
    ))}
    {total > files.length ? ` and ${numberText(total - files.length)} more` : null}
  </>
);

function FileFacts({ inspection: { evidence, sameBytes } }: { inspection: Inspection }) {
  const { state } = evidence;
  return (
    <>
      {evidence.alterations.map((one) => (
        <Message
          key={one.noticedAt}
          tone="danger"
          title={
            one.kind === 'changed'
              ? 'This file was changed after it was taken in.'
              : 'This file was missing at a later look.'
          }
        >
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
          sameBytes.total > 0 ? ['Same bytes as', <SameBytes key="same" {...sameBytes} />] : null,
          ['Type', evidence.mediaType],
          ['Size', `${bytesText(evidence.sizeBytes)} (${numberText(evidence.sizeBytes)} bytes)`],
          state.kind === 'read' ? ['Picture', `${state.widthPx} × ${state.heightPx} pixels, upright`] : null,
          ['Modified', evidence.modifiedAt ? instantText(evidence.modifiedAt) : 'unknown'],
          ['Taken in', instantText(evidence.addedAt)],
          ...(state.kind === 'read' && state.video ? videoFacts(state.video) : []),
          state.kind === 'read' && state.remarks.length > 0 ? ['Remarks', state.remarks.join('; ')] : null,
          state.kind === 'unreadable' ? ['Unreadable', `${state.reason}: ${state.message}`] : null,
        ]}
      />
      <button type="button" className="link-button" onClick={() => showResultsOf(evidence.id)}>
        Show every result of this file
      </button>
    </>
  );
}

function Metadata({ id }: { id: Inspection['evidence']['id'] }) {
  const query = useQuery(
    engine.evidence.metadata.queryOptions({
      input: { id },
      staleTime: ({ state }) => (state.data?.kind === 'read' ? Number.POSITIVE_INFINITY : 0),
    }),
  );
  if (query.isPending) return <p className="muted">Reading…</p>;
  if (query.error) return <Failure error={query.error} />;
  if (query.data.kind === 'notRead')
    return (
      <Message tone="danger" title="The metadata could not be read now.">
        {query.data.message}
      </Message>
    );
  const { groups } = query.data;
  if (groups.length === 0) return <p className="muted">The file carries no metadata.</p>;
  return groups.map((group) => (
    <section key={group.group} aria-label={group.group}>
      <h3>{group.group}</h3>
      <Facts facts={group.entries.map((entry) => [entry.name, entry.value] as const)} />
    </section>
  ));
}

function ParameterFacts({ parameters }: { parameters: NonNullable<Inspection['parameters']> }) {
  return (
    <Facts
      facts={Object.entries(parameters).map(
        ([name, value]) =>
          [
            name,
            typeof value === 'string' && value.length === 64 ? (
              <Copyable key={name} text={value} name={name} />
            ) : value !== null && typeof value === 'object' ? (
              Object.entries(value)
                .map(([key, inner]) => `${key} ${inner}`)
                .join(', ')
            ) : (
              String(value ?? 'none')
            ),
          ] as const,
      )}
    />
  );
}

export function Dossier({
  inspection,
  verdictId,
  own,
  note,
  onNote,
  onDecide,
}: {
  inspection: Inspection;
  verdictId: VerdictId;
  own: Conclusion | null;
  note: string;
  onNote: (note: string) => void;
  onDecide: (conclusion: Conclusion) => void;
}) {
  const { evidence, face, parameters, model } = inspection;
  return (
    <aside className="dossier" aria-label="About this face">
      <div className="dossier-head">
        <span className="dossier-path mono" title={visibleText(evidence.path)}>
          {visibleText(evidence.relativePath)}
        </span>
      </div>
      <VerdictSection inspection={inspection} />
      <OpinionSection opinions={inspection.opinions} own={own} note={note} onNote={onNote} onDecide={onDecide} />
      {face ? (
        <Section title="Face">
          <FaceFacts face={face} />
        </Section>
      ) : null}
      <Section title="File" open={evidence.alterations.length > 0 || isLinked(evidence)}>
        <FileFacts inspection={inspection} />
      </Section>
      {evidence.sha256 ? (
        <Section title="Metadata">
          <Metadata id={evidence.id} />
        </Section>
      ) : null}
      {evidence.state.kind === 'read' && !evidence.state.video ? (
        <Section title="Structure and credentials">
          <ProvenanceSection id={evidence.id} />
        </Section>
      ) : null}
      <Section title="Model">
        <PassportFacts model={model} />
      </Section>
      {parameters ? (
        <Section title="Parameters of this result">
          <ParameterFacts parameters={parameters} />
        </Section>
      ) : null}
      {inspection.verdict ? (
        <Section title="Make it again">
          <RerunSection key={verdictId} verdictId={verdictId} />
        </Section>
      ) : null}
    </aside>
  );
}
