// What the machine says of this face, in careful words.
import { useQuery } from '@tanstack/react-query';
import { EyeOff } from 'lucide-react';
import { leftOutOf } from '../../../contract/evidence.ts';
import { KEPT_WORDS, laterRecordFor, laterRecordWords, NEW_CASE_WORDS } from '../../../contract/later-record.ts';
import type { Inspection } from '../../../contract/procedures.ts';
import { recordElsewhereFor, recordElsewhereSentence, WORD_OF_ITS_MAKER } from '../../../contract/record-elsewhere.ts';
import type { HeldRemark } from '../../../contract/remark.ts';
import { remarkWords } from '../../../contract/remark-words.ts';
import { isArchive } from '../../../contract/unreadable.ts';
import { ratioSentence } from '../../../contract/verbal-scale.ts';
import type { UnscoredOutcome, VerdictOutcome } from '../../../contract/verdict.ts';
import {
  capitalised,
  detailWords,
  exactScoreText,
  KIND_WORDS,
  NO_LEANING,
  thresholdText,
} from '../../../contract/wording.ts';
import { engine } from '../../data/engine.ts';
import { KindBadge, LeaningBadge } from '../../parts/marks.tsx';
import { Message } from '../../parts/message.tsx';
import { ScoreBar } from '../../parts/score-bar.tsx';
import { notEvidence } from '../../viewer/stage-state.ts';
import { HIDDEN_SCORE, instantText, SCORE_NOTE } from '../../wording.ts';

function Scored({
  outcome,
  inspection,
}: {
  outcome: Extract<VerdictOutcome, { kind: 'scored' }>;
  inspection: Inspection;
}) {
  const ratio = outcome.log10LikelihoodRatio;
  // Those it was held against when it was made; the model may have others by now.
  const points = inspection.parameters?.operatingPoints ?? null;
  return (
    <>
      <div className="verdict-score">
        <span className="verdict-number">{exactScoreText(outcome.score)}</span>
        <span className="muted">raw score</span>
        {outcome.leaning ? <LeaningBadge leaning={outcome.leaning} /> : null}
      </div>
      <ScoreBar score={outcome.score} points={points} />
      <div className="verdict-ends mono" aria-hidden>
        <span>0</span>
        <span>1</span>
      </div>
      <p className="secondary verdict-note">
        {outcome.leaning && points
          ? `Below ${thresholdText(points.low)} it leans towards genuine, from ${thresholdText(points.high)} towards forged.`
          : `${capitalised(NO_LEANING)}.`}{' '}
        {SCORE_NOTE}
      </p>
      <dl className="facts verdict-facts">
        <div className="fact">
          <dt>Likelihood ratio</dt>
          <dd>
            {ratio === null
              ? 'none: it was made without a calibration'
              : `log10 ${ratio.toFixed(2)}. ${ratioSentence(ratio)}`}
          </dd>
        </div>
        <div className="fact">
          <dt>Logit</dt>
          <dd className="mono">{outcome.logit.toFixed(5)}</dd>
        </div>
        {outcome.meanDifference === undefined ? null : (
          <div className="fact">
            <dt>Mean difference</dt>
            <dd className="mono">{outcome.meanDifference.toFixed(4)}</dd>
          </div>
        )}
        <div className="fact">
          <dt>Reconstruction</dt>
          <dd>{notEvidence(inspection) ?? 'the model’s decoder passed its self-test'}</dd>
        </div>
      </dl>
    </>
  );
}

/** Kinds of outcome that a validation record has a say in. */
const OF_A_RECORD: readonly VerdictOutcome['kind'][] = ['scored', 'outOfDomain'];

/** Said where the model was validated (anew) after this verdict was made. */
function LaterRecordNote({ inspection: { verdict, parameters } }: { inspection: Inspection }) {
  const records = useQuery(engine.case.laterRecords.queryOptions({ staleTime: 60_000 })).data ?? [];
  const later = parameters && laterRecordFor(records, parameters);
  if (!later || !verdict || !OF_A_RECORD.includes(verdict.outcome.kind)) return null;
  return (
    <Message tone="caution" title="Its model has a later validation record.">
      This result was {laterRecordWords(later)}. {KEPT_WORDS} {NEW_CASE_WORDS}
    </Message>
  );
}

/** Said where the record that this verdict was made under is none of this workstation's. */
function RecordElsewhereNote({ inspection: { verdict, parameters } }: { inspection: Inspection }) {
  const records = useQuery(engine.case.recordsElsewhere.queryOptions({ staleTime: 60_000 })).data ?? [];
  const foreign = parameters && recordElsewhereFor(records, parameters);
  if (!foreign || !verdict || !OF_A_RECORD.includes(verdict.outcome.kind)) return null;
  return (
    <Message tone="caution" title="Its validation record is in the case alone.">
      {recordElsewhereSentence(foreign)} {WORD_OF_ITS_MAKER}
    </Message>
  );
}

function Unscored({ outcome, leftOut }: { outcome: UnscoredOutcome; leftOut: readonly HeldRemark[] }) {
  const detail = detailWords(outcome);
  const notLookedAt = outcome.kind === 'noFace' ? leftOut.map(remarkWords).join('; ') : '';
  return (
    <>
      <p>
        <KindBadge kind={outcome.kind} leftOut={leftOut} />
      </p>
      {isArchive(outcome) ? null : <p>{KIND_WORDS[outcome.kind].sentence}</p>}
      {detail === null ? null : <p className="secondary">{capitalised(detail)}</p>}
      {notLookedAt === '' ? null : <p className="secondary">{notLookedAt}</p>}
    </>
  );
}

export function VerdictSection({ inspection }: { inspection: Inspection }) {
  const { verdict, model } = inspection;
  return (
    <section className="dossier-block" aria-label="Machine">
      <h2 className="caps">Machine</h2>
      {verdict === null ? (
        <p className="verdict-hidden">
          <EyeOff size={16} aria-hidden />
          {HIDDEN_SCORE}
        </p>
      ) : verdict.outcome.kind === 'scored' ? (
        <Scored outcome={verdict.outcome} inspection={inspection} />
      ) : (
        <Unscored outcome={verdict.outcome} leftOut={leftOutOf(inspection.evidence, verdict.outcome)} />
      )}
      <RecordElsewhereNote inspection={inspection} />
      <LaterRecordNote inspection={inspection} />
      <p className="muted verdict-model">
        {model.name}
        {model.demonstration ? ' (demonstration)' : ''}
        {verdict ? ` · ${instantText(verdict.madeAt)}` : ''}
      </p>
    </section>
  );
}
