// Other lines of evidence: how the file is built and what its content credentials say. Beside the
// machine's score, never mixed with it.
import { useQuery } from '@tanstack/react-query';
import type { EvidenceId } from '../../../contract/brand.ts';
import type { ContentCredentials, JpegStructure } from '../../../contract/provenance.ts';
import { jpegRemarkWords } from '../../../contract/remark-words.ts';
import { engine } from '../../data/engine.ts';
import { Facts } from '../../parts/facts.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { numberText } from '../../wording.ts';

const INTEGRITY = {
  intact: 'intact: signature and hashes fit this file',
  broken: 'broken: they do not fit this file as it is',
} as const;
const TRUST = {
  trusted: 'the signer is one this installation trusts',
  untrusted: 'the signer is not one this installation trusts',
  notAsked: 'not asked: this installation was given no anchors',
} as const;

function Credentials({ credentials }: { credentials: ContentCredentials }) {
  if (credentials.kind === 'none')
    return <p className="secondary">The file carries no content credentials. That proves nothing.</p>;
  if (credentials.kind === 'unreadable')
    return (
      <Message tone="caution" title="Not readable">
        {credentials.message}
      </Message>
    );
  return (
    <Facts
      facts={[
        ['Integrity', INTEGRITY[credentials.integrity]],
        ['Trust', TRUST[credentials.trust]],
        ['Signer', `${credentials.signer} (${credentials.issuer})`],
        ['Signed at', credentials.signedAt ?? 'no time stamp'],
        ['Made by', credentials.claimGenerator],
        credentials.actions.length > 0 ? ['Actions', credentials.actions.join(', ')] : null,
        credentials.ingredients.length > 0 ? ['Ingredients', credentials.ingredients.join(', ')] : null,
        credentials.failures.length > 0
          ? ['Failures', credentials.failures.map(({ code, explanation }) => `${code}: ${explanation}`).join('; ')]
          : null,
      ]}
    />
  );
}

const Jpeg = ({ jpeg }: { jpeg: JpegStructure }) => (
  <Facts
    facts={[
      [
        'Segments',
        <span key="segments" className="mono">
          {jpeg.segments.join(' ')}
        </span>,
      ],
      [
        'Quantisation',
        jpeg.tables
          .map(
            ({ id, ijgQuality }) =>
              `table ${id}: ${ijgQuality === null ? 'not of the IJG encoder' : `IJG quality ${ijgQuality}`}`,
          )
          .join(', '),
      ],
      ['Coding', `${jpeg.progressive ? 'progressive' : 'sequential'}, sampling ${jpeg.sampling}`],
      [
        'After the end',
        jpeg.trailingBytes === 0 ? 'nothing' : `${numberText(jpeg.trailingBytes)} bytes of no known structure`,
      ],
      [
        'Roughness',
        jpeg.coefficientRoughness === null
          ? 'not measurable'
          : `${jpeg.coefficientRoughness.toFixed(3)} (a hint of a second compression; no threshold)`,
      ],
      jpeg.thumbnail
        ? [
            'Thumbnail',
            `${jpeg.thumbnail.widthPx} × ${jpeg.thumbnail.heightPx}, differs by ${jpeg.thumbnail.meanDifference.toFixed(3)} of luma`,
          ]
        : ['Thumbnail', 'none'],
      jpeg.remarks.length > 0 ? ['Remarks', jpeg.remarks.map(jpegRemarkWords).join('; ')] : null,
    ]}
  />
);

export function ProvenanceSection({ id }: { id: EvidenceId }) {
  const query = useQuery(
    engine.evidence.provenance.queryOptions({ input: { id }, staleTime: Number.POSITIVE_INFINITY }),
  );
  if (query.error) return <Failure error={query.error} />;
  if (!query.data) return <p className="muted">Examining…</p>;
  const { found, recorded } = query.data;
  if (found.kind === 'notExamined') return <p className="secondary">{found.message}</p>;
  const { jpeg, contentCredentials, named } = found;
  return (
    <>
      {recorded ? null : (
        <p className="secondary">Read from the file just now and not recorded: this case is open for viewing only.</p>
      )}
      <h3>Content credentials</h3>
      <Credentials credentials={contentCredentials} />
      {named.length > 0 ? (
        <>
          <h3>Named in the metadata</h3>
          <p>{named.join(', ')}</p>
        </>
      ) : null}
      {jpeg ? (
        <>
          <h3>JPEG structure</h3>
          <Jpeg jpeg={jpeg} />
        </>
      ) : null}
    </>
  );
}
