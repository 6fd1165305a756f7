// Activity: the case's audit log, newest first, and whether the case is whole.

import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { FolderSearch, Link2, ShieldCheck } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { AuditEntry, Verification } from '../../../contract/case.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { openList } from '../../data/grid-state.ts';
import { useCase } from '../../data/open-case.ts';
import { show } from '../../data/overlays.ts';
import { Button } from '../../parts/button.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { Input, SelectOf } from '../../parts/field.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { NoCase } from '../../parts/no-case.tsx';
import { client } from '../../transport.ts';
import { countText, instantText, numberText } from '../../wording.ts';
import { detailFacts, plainProblem } from './detail-words.ts';
import { entryWords } from './entry-words.ts';
import './activity.css';

const PAGE = 200;

const PROBLEM_WORDS: Readonly<Record<Verification['problems'][number]['kind'], string>> = {
  evidenceMissing: 'An evidence file is missing',
  evidenceChanged: 'An evidence file was changed',
  blobMissing: 'A derived picture is missing',
  blobChanged: 'A derived picture was changed',
  auditBroken: 'The chain of activity is broken',
  databaseDamaged: 'The database is damaged',
  guardMissing: 'A guard of the database is missing',
  faceChanged: 'Faces were changed',
  videoChanged: 'Frames or tracks of a film were changed',
  provenanceChanged: 'Examinations of structure and credentials were changed',
  alterationChanged: 'Findings of changed evidence were changed',
  examinerChanged: 'Examiners were changed',
  caseChanged: 'What the case says of itself was changed',
  rerunChanged: 'Results of a rerun were changed',
  stabilityChanged: 'The stability of verdicts was changed',
  embeddingsChanged: 'Embeddings of faces are not as the log says',
  groupsChanged: 'Groups of faces are not as the log says',
  copiesChanged: 'Hashes of pictures are not as the log says',
  derivedChanged: 'A table that follows from others was changed',
  historyChanged: 'The log is not the one that was seen before',
  rowsUnaccounted: 'Rows that no entry of the log knows',
  layoutChanged: 'The database was given something of its own',
  verdictChanged: 'A verdict was changed',
  opinionChanged: 'An opinion was changed',
  tagChanged: 'A tag was changed',
  modelChanged: 'A model’s card was changed',
};

function Details({ entry }: { entry: AuditEntry }) {
  const facts: Fact[] = [
    ...detailFacts(entry.details),
    ['Hash', <Copyable key="hash" text={entry.hash} name="the hash" />],
    ['Previous entry', <Copyable key="before" text={entry.previousHash} name="the hash of the entry before" />],
    [
      'UTC',
      <span key="utc" className="mono">
        {entry.at}
      </span>,
    ],
  ];
  return (
    <div className="entry-details">
      <Facts facts={facts} />
    </div>
  );
}

const ABOUT = {
  all: { words: 'Everything', about: [] },
  opinions: { words: 'Opinions, tags and examiners', about: ['opinion', 'tag', 'examiner', 'session', 'blind'] },
  scans: {
    words: 'Scans and evidence',
    about: ['scan', 'record', 'evidence', 'files', 'rerun', 'stability', 'persons', 'group', 'copies', 'model'],
  },
  case: { words: 'Case and reports', about: ['case', 'report'] },
} as const;

function Entry({ entry }: { entry: AuditEntry }) {
  const [open, setOpen] = useState(false);
  return (
    <li className="entry">
      <button type="button" className="entry-row" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="entry-seq mono">{entry.seq}</span>
        <span className="entry-when">{instantText(entry.at)}</span>
        <span className="entry-action">{entryWords(entry)}</span>
        <span className="entry-subject">{visibleText(entry.subject)}</span>
        <span className="entry-who">{entry.who || '–'}</span>
        <span className="entry-hash mono">{entry.hash.slice(0, 10)}</span>
      </button>
      {open ? <Details entry={entry} /> : null}
    </li>
  );
}

/** What was checked only in part, and the entry to note elsewhere. */
function Beside({ found: { remarks, head } }: { found: Verification }) {
  return (
    <>
      {remarks.map((remark) => (
        <p key={remark} className="muted">
          {visibleText(remark)}
        </p>
      ))}
      {head ? (
        <p className="muted">
          Newest entry: {numberText(head.seq)}, hash{' '}
          <Copyable text={`${head.seq}:${head.hash}`} name="number and hash" />. Noted elsewhere, it later shows that
          nothing up to it was changed.
        </p>
      ) : null}
    </>
  );
}

function VerificationResult({ found }: { found: Verification }) {
  const { evidenceChecked, evidenceWithoutHash, blobsChecked, auditEntriesChecked, problems } = found;
  const left =
    evidenceWithoutHash > 0
      ? ` ${countText(evidenceWithoutHash, 'file', 'files')} of which no byte could be read ${evidenceWithoutHash === 1 ? 'has' : 'have'} no hash to check.`
      : '';
  const checked = `${countText(evidenceChecked, 'file', 'files')}, ${countText(blobsChecked, 'derived picture', 'derived pictures')} and ${countText(auditEntriesChecked, 'entry', 'entries')} were checked.${left}`;
  if (problems.length === 0)
    return (
      <div className="verification">
        <Message tone="good" title="The case is intact.">
          {checked} Every hash matches the recorded one, and the log’s chain is unbroken.
        </Message>
        <Beside found={found} />
      </div>
    );
  return (
    <div className="verification">
      <Message tone="danger" title={`${countText(problems.length, 'problem', 'problems')} found.`}>
        {checked}
      </Message>
      {problems.some(({ kind }) => kind === 'evidenceMissing') ? (
        <span>
          <Button icon={FolderSearch} onClick={() => show({ kind: 'relocate' })}>
            Find the evidence…
          </Button>
        </span>
      ) : null}
      <table className="problems">
        <thead>
          <tr>
            <th scope="col">Problem</th>
            <th scope="col">Where</th>
            <th scope="col">Expected</th>
            <th scope="col">Found</th>
          </tr>
        </thead>
        <tbody>
          {problems.map((one) => (
            <tr key={`${one.kind} ${one.subject}`}>
              <td>{PROBLEM_WORDS[one.kind]}</td>
              <td className="mono">{visibleText(one.subject)}</td>
              <td className="mono">{visibleText(one.expected)}</td>
              <td className="mono">{plainProblem(one.found)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Beside found={found} />
    </div>
  );
}

/** A pause in typing after which the list is read, ms. */
const TYPING_MS = 200;

function useTyped(): [string, string, (text: string) => void] {
  const [text, setText] = useState('');
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return [text, settled, setText];
}

function Log(): ReactNode {
  const [text, contains, setText] = useTyped();
  const [about, setAbout] = useState<keyof typeof ABOUT>('all');
  const filter = { about: [...ABOUT[about].about], ...(contains ? { contains } : {}) };
  const isFiltered = about !== 'all' || contains !== '';
  const newest = useQuery(engine.case.activity.queryOptions({ input: { limit: 1 }, staleTime: 0 })).data;
  const query = useInfiniteQuery(
    engine.case.activity.infiniteOptions({
      input: (before: number | undefined) => ({ limit: PAGE, ...filter, ...(before === undefined ? {} : { before }) }),
      initialPageParam: undefined as number | undefined,
      getNextPageParam: (last) => (last.length < PAGE ? undefined : last.at(-1)?.seq),
      staleTime: 0,
    }),
  );
  const entries = query.data?.pages.flat() ?? [];
  const head = newest?.[0];
  return (
    <section className="log" aria-label="Log">
      <div className="log-head">
        <h2 className="caps">
          {head ? `${numberText(head.seq)} linked ${head.seq === 1 ? 'entry' : 'entries'}` : 'Entries'}
        </h2>
        {head ? (
          <span className="log-chain">
            <Link2 size={13} aria-hidden />
            newest link <Copyable text={head.hash} name="the newest link" short={16} />
          </span>
        ) : null}
      </div>
      <div className="log-filter">
        <Input
          type="search"
          aria-label="Search the log"
          placeholder="Search by action, name or file"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <SelectOf label="Show entries about" table={ABOUT} value={about} onChange={setAbout} />
      </div>
      <Failure error={query.error} />
      {isFiltered && query.data && entries.length === 0 ? <p className="muted">No entry matches.</p> : null}
      <ol className="card entries">
        {entries.map((entry) => (
          <Entry key={entry.seq} entry={entry} />
        ))}
      </ol>
      {query.hasNextPage ? (
        <span>
          <Button onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
            Show earlier entries
          </Button>
        </span>
      ) : null}
    </section>
  );
}

export function ActivityView() {
  const open = useCase();
  const verify = useMutation({
    mutationFn: () => client.case.verify(),
    // It is an entry of the log itself, and the tiles of files that it found otherwise say so.
    onSuccess: async ({ problems }) => {
      await queryClient.invalidateQueries({ queryKey: engine.case.activity.key() });
      if (problems.some(({ kind }) => kind === 'evidenceMissing' || kind === 'evidenceChanged')) await openList(true);
    },
  });
  if (open === null) return <NoCase />;
  return (
    <section className="page" aria-label="Activity">
      <div className="page-inner">
        <div className="page-head">
          <div>
            <h1>Activity</h1>
            <p>
              Everything done to the case. Each entry carries the hash of the previous one, so that none can be changed
              or removed unnoticed.
            </p>
          </div>
          <Button
            id="verify-case"
            tone="primary"
            icon={ShieldCheck}
            disabled={verify.isPending}
            onClick={() => verify.mutate()}
          >
            {verify.isPending ? 'Verifying…' : 'Verify the case'}
          </Button>
        </div>
        <Failure error={verify.error} />
        {verify.data ? <VerificationResult found={verify.data} /> : null}
        <Log />
      </div>
    </section>
  );
}
