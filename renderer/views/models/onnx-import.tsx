// A network of one's own (ONNX): everything that its file does not say is declared, and shown back
// with the scores of three sample faces before it is kept.

import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import {
  declaredWords,
  type OnnxFile,
  type OnnxPassport,
  type OnnxRequest,
  type OnnxTrial,
  parityWords,
} from '../../../contract/onnx-passport.ts';
import { exactScoreText } from '../../../contract/wording.ts';
import { engine } from '../../data/engine.ts';
import { Button } from '../../parts/button.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { PathField } from '../../parts/path-field.tsx';
import { useLeaving } from '../../parts/use-leaving.ts';
import { client } from '../../transport.ts';
import { bytesText, countText } from '../../wording.ts';
import type { ImportForm, ImportStep } from './import-step.ts';
import { declaredFrom, draftFrom, EMPTY_DRAFT, type OnnxDraft, titleOfKey } from './onnx-draft.ts';
import { OnnxFields } from './onnx-fields.tsx';

/** What it answers, beside what was declared. The heading takes the focus: Enter keeps nothing. */
function Trial({ passport, trial, onBack }: { passport: OnnxPassport; trial: OnnxTrial; onBack: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h3 ref={heading} tabIndex={-1} className="onnx-trial-title">
        Three sample faces as it is fed them, and what it answers
      </h3>
      <p className="secondary">
        Genuine faces of the bundled photographs. A wrong mean, channel order or class gives scores without any
        complaint: a score near 1 says forged.
      </p>
      <ul className="onnx-faces">
        {trial.scores.map(({ face, score, logit, cropPng }) => (
          <li key={face}>
            <img src={`data:image/png;base64,${cropPng}`} alt={`${face}, cut out as declared`} />
            <strong>Score {exactScoreText(score)}</strong>
            <span className="muted">logit {logit.toFixed(4)}</span>
          </li>
        ))}
      </ul>
      {trial.remarks.map((remark) => (
        <Message key={remark} tone="caution" title={remark} />
      ))}
      {trial.known ? (
        <Message tone="caution" title="This file is in the library already, under these very words.">
          Keeping it again changes nothing.
        </Message>
      ) : null}
      <h3 className="section-caps">As declared</h3>
      <Facts
        facts={[
          ['File', `${bytesText(trial.sizeBytes)}, SHA-256 ${trial.sha256}`],
          ...declaredWords(passport).map(([key, words]) => [titleOfKey(key), words] as const),
          trial.parity ? ['Expected logits', parityWords(trial.parity)] : null,
        ]}
      />
      <div>
        <Button small onClick={onBack}>
          Change what is declared
        </Button>
      </div>
    </>
  );
}

function Declaring({
  file,
  draft,
  change,
  missing,
}: {
  file: OnnxFile;
  draft: OnnxDraft;
  change: (more: Partial<OnnxDraft>) => void;
  missing: readonly string[];
}) {
  return (
    <>
      <OnnxFields file={file} draft={draft} change={change} />
      {missing.length > 0 ? (
        <p className="secondary" role="status">
          Not declared yet, or not right: {missing.join(', ')}.
        </p>
      ) : null}
    </>
  );
}

export function useOnnxImport({ path, onTaken }: ImportStep): ImportForm {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [passportFile, setPassportFile] = useState('');
  const [parity, setParity] = useState('');
  const change = (more: Partial<OnnxDraft>): void => setDraft((now) => ({ ...now, ...more }));
  const asking = { retry: false, staleTime: 0 } as const;
  const looking = useQuery(engine.model.inspectOnnx.queryOptions({ input: { path }, enabled: path !== '', ...asking }));
  const reading = useQuery(
    engine.model.readOnnxPassport.queryOptions({
      input: { path: passportFile },
      enabled: path !== '' && passportFile !== '',
      ...asking,
    }),
  );
  const file = path === '' ? undefined : looking.data;
  const said = passportFile === '' ? undefined : reading.data;
  useEffect(() => {
    if (said) setDraft(draftFrom(said));
  }, [said]);
  // Where there is but one, nothing is guessed by naming it.
  useEffect(() => {
    const only = (tensors: OnnxFile['inputs']): string => (tensors.length === 1 ? tensors[0]!.name : '');
    if (file)
      setDraft((now) => ({ ...now, input: now.input || only(file.inputs), output: now.output || only(file.outputs) }));
  }, [file]);
  const declared = declaredFrom(draft, said);
  const passport = 'passport' in declared ? declared.passport : undefined;

  const leaving = useLeaving();
  const trying = useMutation({
    mutationFn: async (of: OnnxRequest) => ({ of, trial: await client.model.tryOnnx(of, { signal: leaving() }) }),
  });
  const keeping = useMutation({
    mutationFn: (of: OnnxRequest) => client.model.importOnnx(of, { signal: leaving() }),
    onSuccess: onTaken,
  });
  const back = (): void => {
    trying.reset();
    keeping.reset();
  };
  if (trying.data && trying.data.of.path === path) {
    const { of, trial } = trying.data;
    return {
      hidesFile: true,
      submit: keeping.isPending ? 'Keeping it…' : 'Keep it in the library',
      ready: !keeping.isPending,
      error: keeping.error,
      onSubmit: () => keeping.mutate(of),
      body: <Trial passport={of.passport} trial={trial} onBack={back} />,
    };
  }
  return {
    submit: trying.isPending ? 'Running it apart…' : 'Try it on three faces',
    ready: file !== undefined && passport !== undefined && !trying.isPending,
    error: trying.error,
    onSubmit: () => passport && trying.mutate({ path, passport, ...(parity === '' ? {} : { parity }) }),
    body: (
      <>
        {looking.isFetching ? <p className="muted">Reading the file…</p> : null}
        <Failure error={path === '' ? null : looking.error} />
        {file ? (
          <>
            <p className="secondary">
              {bytesText(file.sizeBytes)}, {countText(file.inputs.length, 'input', 'inputs')},{' '}
              {countText(file.outputs.length, 'output', 'outputs')}. The file says neither how pictures go in nor what
              the answer means: you declare it, here or with a passport.
            </p>
            <PathField
              label="Passport (YAML)"
              hint="Optional: a file with all of the following. It fills the fields."
              title="Choose a passport"
              wanted={{ kind: 'file' }}
              value={passportFile}
              onChange={setPassportFile}
              optional
            />
            <Failure error={passportFile === '' ? null : reading.error} />
            <Declaring
              file={file}
              draft={draft}
              change={change}
              missing={'missing' in declared ? declared.missing : []}
            />
            <PathField
              label="Expected logits (JSON)"
              hint="Optional: pictures of faces and the logits that your own code gives of them. Where they do not come out, it is refused."
              title="Choose a parity file"
              wanted={{ kind: 'file' }}
              value={parity}
              onChange={setParity}
              optional
            />
          </>
        ) : null}
      </>
    ),
  };
}
