// Beside the stage: what the machine says, what examiners say, and everything known about the face,
// the file and the model.
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { VerdictId } from '../../../contract/brand.ts';
import type { Inspection } from '../../../contract/procedures.ts';
import { placeWords } from '../../../contract/subject-words.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { engine } from '../../data/engine.ts';
import type { TagTarget } from '../../data/tags.ts';
import { Facts } from '../../parts/facts.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { NearCopies } from '../../parts/near-copies.tsx';
import { OpinionSection } from '../../parts/opinion-section.tsx';
import { PassportFacts } from '../../parts/passport-facts.tsx';
import { TagSection } from '../../parts/tag-section.tsx';
import type { OpinionDraft } from '../../parts/use-opinion.ts';
import { FaceFacts } from './face-facts.tsx';
import { FileFacts } from './file-facts.tsx';
import { OtherModels } from './other-models.tsx';
import { ProvenanceSection } from './provenance-section.tsx';
import { RerunSection } from './rerun-section.tsx';
import { StabilitySection } from './stability-section.tsx';
import { VerdictSection } from './verdict-section.tsx';

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

const isLinked = ({ succeeds, succeededBy }: Inspection['evidence']): boolean =>
  succeeds !== undefined || succeededBy !== undefined;

export function Dossier({
  inspection,
  verdictId,
  opinion,
  target,
}: {
  inspection: Inspection;
  verdictId: VerdictId;
  opinion: OpinionDraft;
  target: TagTarget;
}) {
  const { evidence, face, parameters, model } = inspection;
  return (
    <aside className="dossier" aria-label="About this face">
      <div className="dossier-head">
        <span className="dossier-path mono" title={visibleText(evidence.path)}>
          {visibleText(evidence.shownPath)}
        </span>
      </div>
      <VerdictSection inspection={inspection} />
      <OtherModels others={inspection.otherModels} />
      <OpinionSection
        about={placeWords({ faceIndex: face?.faceIndex, timeMs: face?.pts == null ? null : face.timeMs })}
        opinions={inspection.opinions}
        tracks={inspection.tracks}
        opinion={opinion}
      />
      <TagSection target={target} marks={inspection.tags} />
      {face ? (
        <Section title="Face">
          <FaceFacts face={face} />
        </Section>
      ) : null}
      <Section title="File" open={evidence.alterations.length > 0 || isLinked(evidence)}>
        <FileFacts inspection={inspection} />
      </Section>
      {evidence.state.kind === 'read' ? (
        <Section title="Near copies">
          <NearCopies key={verdictId} of={{ verdictId }} />
        </Section>
      ) : null}
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
      {inspection.verdict?.outcome.kind === 'scored' ? (
        <Section title="Stability">
          <StabilitySection key={verdictId} verdictId={verdictId} />
        </Section>
      ) : null}
      {inspection.verdict ? (
        <Section title="Repeat and compare">
          <RerunSection key={verdictId} verdictId={verdictId} />
        </Section>
      ) : null}
    </aside>
  );
}

/** Which sections the examiner keeps open, from face to face. */
const openSections = new Set<string>();

/** Read only when it is opened. */
function Section({ title, children, open = false }: { title: string; children: ReactNode; open?: boolean }) {
  const [isOpen, setOpen] = useState(open || openSections.has(title));
  return (
    <details
      className="dossier-section"
      open={isOpen}
      onToggle={(event) => {
        const now = event.currentTarget.open;
        setOpen(now);
        if (now) openSections.add(title);
        else openSections.delete(title);
      }}
    >
      <summary>{title}</summary>
      {isOpen ? <div className="dossier-body">{children}</div> : null}
    </details>
  );
}
