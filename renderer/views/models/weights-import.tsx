// A checkpoint: RECCE's, or one of a published detector. The file names its network; what it does
// not state has to be declared.
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { architectureOf, RECCE } from '../../../contract/architecture.ts';
import type { WeightsFacts } from '../../../contract/model.ts';
import { engine } from '../../data/engine.ts';
import { Failure, Message } from '../../parts/message.tsx';
import { useLeaving } from '../../parts/use-leaving.ts';
import { client } from '../../transport.ts';
import { bytesText } from '../../wording.ts';
import { type Declaration, DeclarationFields, declarationFrom } from './declaration-fields.tsx';
import type { ImportForm, ImportStep } from './import-step.ts';
import { shownDeclaration } from './shown-declaration.ts';

const EMPTY: Declaration = { name: '', inputPx: '', cropRecipe: '', classMap: '', licence: '' };

const isRecce = (facts: WeightsFacts): boolean => architectureOf(facts) === RECCE;

const inputHint = (facts: WeightsFacts | undefined): string => {
  const warning = 'With a wrong size every score is wrong, without any error.';
  if (!facts) return `The size it was trained with. ${warning}`;
  if (!isRecce(facts)) return `Its network is built for ${facts.inputPx}.`;
  if (facts.inputPx !== null) return `The file states ${facts.inputPx}.`;
  return `The file does not state it; ${facts.usual.inputPx} is usual for this layout. ${warning}`;
};

const licenceHint = (facts: WeightsFacts | undefined): string =>
  facts?.usual.licence
    ? `Left empty: “${facts.usual.licence}”. Printed in reports.`
    : 'As its authors state it; printed in reports.';

function classHint(facts: WeightsFacts | undefined): string | undefined {
  if (!facts || isRecce(facts)) return undefined;
  return facts.usual.forged === null
    ? 'Neither the file nor its authors’ code says it.'
    : `Its authors trained class ${facts.usual.forged} as forged.`;
}

function FileFacts({ facts }: { facts: WeightsFacts }) {
  const { sizeBytes, container, layout, width, known, remarks, dropped } = facts;
  if (known)
    return (
      <Message tone="caution" title="These weights are in the library already.">
        Importing them again changes nothing. To put an entry right, use Correct on the Models screen.
      </Message>
    );
  if (isRecce(facts))
    return (
      <p className="secondary">
        RECCE weights: {bytesText(sizeBytes)}, {container} container, {layout} layout, {width} of the published width.
      </p>
    );
  const unused = dropped.map(({ prefix, count }) => ` ${count} tensors ${prefix}* are not used.`).join('');
  return (
    <Message title={remarks[0]}>
      {bytesText(sizeBytes)}, {container} container. {remarks.slice(1).join(' ')}
      {unused} Size, crop, scaling and classes are those of its authors. It has no reconstruction.
    </Message>
  );
}

export function useWeightsImport({ path, onTaken }: ImportStep): ImportForm {
  const [declared, setDeclared] = useState(EMPTY);
  const looking = useQuery(
    engine.model.inspect.queryOptions({ input: { path }, enabled: path !== '', retry: false, staleTime: 0 }),
  );
  const facts = path === '' ? undefined : looking.data;
  const shown = shownDeclaration(declared, facts);
  const leaving = useLeaving();
  const taking = useMutation({
    mutationFn: () => client.model.import({ path, ...declarationFrom(shown) }, { signal: leaving() }),
    onSuccess: onTaken,
  });
  const inOnesOwnWords = classHint(facts);
  return {
    submit: taking.isPending ? 'Reading and testing…' : 'Import',
    ready: facts !== undefined && shown.inputPx !== '' && shown.classMap !== '' && !taking.isPending,
    error: taking.error,
    onSubmit: taking.mutate,
    body: (
      <>
        {looking.isFetching ? <p className="muted">Reading the file…</p> : null}
        {path === '' ? null : <Failure error={looking.error} />}
        {facts ? <FileFacts facts={facts} /> : null}
        <DeclarationFields
          value={shown}
          onChange={(change) => setDeclared((now) => ({ ...now, ...change }))}
          inputHint={inputHint(facts)}
          licenceHint={licenceHint(facts)}
          {...(inOnesOwnWords ? { classHint: inOnesOwnWords } : {})}
        />
      </>
    ),
  };
}
