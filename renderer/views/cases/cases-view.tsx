// Cases: the open one, those opened before, and the ways to begin.
import { useMutation, useQuery } from '@tanstack/react-query';
import {
  Briefcase,
  FlaskConical,
  FolderOpen,
  FolderPlus,
  FolderSearch,
  FolderX,
  LoaderCircle,
  Package,
} from 'lucide-react';
import { type DragEvent, useState } from 'react';
import type { Case, RecentCase } from '../../../contract/case.ts';
import { KEPT_WORDS, laterRecordWords, NEW_CASE_WORDS } from '../../../contract/later-record.ts';
import { recordElsewhereSentence, WORD_OF_ITS_MAKER } from '../../../contract/record-elsewhere.ts';
import { mayLeaveCase } from '../../data/case-work.ts';
import { pathsFromDrop } from '../../data/chooser.ts';
import { engine } from '../../data/engine.ts';
import { forgetList } from '../../data/grid-state.ts';
import { notify } from '../../data/notices.ts';
import { caseChanged, useCase } from '../../data/open-case.ts';
import { show } from '../../data/overlays.ts';
import { go } from '../../data/route.ts';
import { Button } from '../../parts/button.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { client } from '../../transport.ts';
import { countText, instantText, numberText } from '../../wording.ts';
import { closeOpenCase, openCase } from './open-case-action.ts';
import './cases.css';

/** Makes (or opens) the demonstration case in the home folder and scans it. */
async function openDemonstration(): Promise<void> {
  const { folder: home } = await client.app.browse({});
  if (!(await mayLeaveCase(`${home}/recce-demonstration/case`))) return;
  const made = await client.case.createDemonstration({ folder: `${home}/recce-demonstration` });
  forgetList();
  await caseChanged();
  if (made.case.counts.verdicts === 0) {
    await client.scan.start({ paths: [made.photographs] });
    go('scan');
  } else go('faces');
}

/** Models that were validated (anew) here after verdicts of the open case were made. */
function LaterRecords() {
  const records = useQuery(engine.case.laterRecords.queryOptions()).data ?? [];
  return records.map((one) => (
    <Message
      key={`${one.modelId} ${one.earlier?.sha256}`}
      tone="caution"
      title={`${one.modelName} has a later validation record.`}
    >
      Results of this case were {laterRecordWords(one)}. {KEPT_WORDS} {NEW_CASE_WORDS}
    </Message>
  ));
}

/** Records of the open case that this workstation does not have. */
function RecordsElsewhere() {
  const records = useQuery(engine.case.recordsElsewhere.queryOptions()).data ?? [];
  return records.map((one) => (
    <Message
      key={`${one.modelId} ${one.sha256}`}
      tone="caution"
      title={`The validation record of ${one.modelName} is in the case alone.`}
    >
      {recordElsewhereSentence(one)} {WORD_OF_ITS_MAKER}
    </Message>
  ));
}

function OpenCaseCard({ open }: { open: Case }) {
  const { evidence, faces, verdicts, opinions } = open.counts;
  const facts: [string, number][] = [
    [evidence === 1 ? 'file' : 'files', evidence],
    [faces === 1 ? 'face' : 'faces', faces],
    [verdicts === 1 ? 'result' : 'results', verdicts],
    [opinions === 1 ? 'opinion' : 'opinions', opinions],
  ];
  return (
    <section className="card open-case" aria-label="Open case">
      <div className="open-case-head">
        <div>
          <h2>{open.title}</h2>
          <p className="secondary">
            {open.reference ? <span className="mono">{open.reference} · </span> : null}created{' '}
            {instantText(open.createdAt)}
          </p>
        </div>
        <div className="open-case-actions">
          <Button tone="primary" onClick={() => go(open.counts.verdicts > 0 ? 'faces' : 'scan')}>
            {open.counts.verdicts > 0 ? 'Review the faces' : 'Scan files into it'}
          </Button>
          <Button icon={Package} onClick={() => show({ kind: 'pack' })}>
            Portable case
          </Button>
          <Button icon={FolderSearch} onClick={() => show({ kind: 'relocate' })}>
            Find the evidence…
          </Button>
          <Button onClick={() => void closeOpenCase()}>Close</Button>
        </div>
      </div>
      <dl className="open-case-facts">
        {facts.map(([name, n]) => (
          <div key={name}>
            <dd>{numberText(n)}</dd>
            <dt>{name}</dt>
          </div>
        ))}
      </dl>
      <p className="open-case-folder mono muted">{open.folder}</p>
      <RecordsElsewhere />
      <LaterRecords />
    </section>
  );
}

function RecentRow({ recent }: { recent: RecentCase }) {
  return (
    <li>
      <button
        type="button"
        className="recent-row"
        disabled={recent.missing}
        onClick={() => void openCase(recent.folder)}
      >
        {recent.missing ? <FolderX size={18} aria-hidden /> : <Briefcase size={18} aria-hidden />}
        <span className="recent-main">
          <span className="recent-title">{recent.title}</span>
          <span className="recent-folder mono">{recent.folder}</span>
        </span>
        <span className="recent-when">{recent.missing ? 'folder missing' : instantText(recent.openedAt)}</span>
      </button>
    </li>
  );
}

export function CasesView() {
  const open = useCase();
  const recent = useQuery(engine.case.recent.queryOptions({ staleTime: 0 }));
  const demonstration = useMutation({ mutationFn: openDemonstration });
  const [over, setOver] = useState(false);
  const others = (recent.data ?? []).filter((one) => one.folder !== open?.folder);

  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const paths = pathsFromDrop(event.dataTransfer);
    if (paths === undefined) {
      notify('A browser does not tell where a dropped folder is. Choose it here instead.');
      show({ kind: 'openCase' });
    } else if (paths[0]) void openCase(paths[0]);
  };

  return (
    <section
      className={`page${over ? ' page-drop' : ''}`}
      aria-label="Cases"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className="page-inner">
        <div className="page-head">
          <div>
            <h1>Cases</h1>
            <p>A case is one folder: its database, its activity, and the pictures made while scanning.</p>
          </div>
        </div>
        {open ? <OpenCaseCard open={open} /> : null}
        <div className="begin">
          <button type="button" className="begin-card" onClick={() => show({ kind: 'newCase' })}>
            <FolderPlus size={22} strokeWidth={1.6} aria-hidden />
            <strong>New case</strong>
            <span>Name it, say where it is kept, add files.</span>
          </button>
          <button type="button" className="begin-card" onClick={() => show({ kind: 'openCase' })}>
            <FolderOpen size={22} strokeWidth={1.6} aria-hidden />
            <strong>Open a case</strong>
            <span>Choose its folder, or drop it on this page.</span>
          </button>
          <button
            type="button"
            className="begin-card"
            disabled={demonstration.isPending}
            onClick={() => demonstration.mutate()}
          >
            {demonstration.isPending ? (
              <LoaderCircle className="lost-spinner" size={22} aria-hidden />
            ) : (
              <FlaskConical size={22} strokeWidth={1.6} aria-hidden />
            )}
            <strong>{demonstration.isPending ? 'Making the photographs…' : 'Demonstration case'}</strong>
            <span>Sample photographs and self-blended forgeries of them, to try everything.</span>
          </button>
        </div>
        <p className="secondary">
          Was the case made on another workstation?{' '}
          <button type="button" className="link-button" onClick={() => show({ kind: 'unpack' })}>
            Open a portable case
          </button>
        </p>
        <Failure error={demonstration.error} />
        <section aria-label="Recent cases">
          <h2 className="caps section-caps">
            {others.length > 0 ? countText(others.length, 'recent case', 'recent cases') : 'Recent cases'}
          </h2>
          {others.length > 0 ? (
            <ul className="card recent">
              {others.map((one) => (
                <RecentRow key={one.folder} recent={one} />
              ))}
            </ul>
          ) : (
            <p className="muted">{recent.isPending ? ' ' : 'Other cases you open will be listed here.'}</p>
          )}
        </section>
        <Failure error={recent.error} />
      </div>
    </section>
  );
}
