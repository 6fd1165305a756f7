// Report section: other lines of evidence. Structure and content credentials of each still, apart from every score.
import type { ContentCredentials, Provenance } from '../../../contract/provenance.ts';
import type { ReportDocument } from '../../../contract/report.ts';
import { type Sheet, STYLES } from '../sheet.ts';

/** What stands above the table, so that nobody reads too much into an empty cell. */
export const PROVENANCE_LIMITS: readonly string[] = [
  'These observations come from the files’ structure and from credentials inside them. They are independent of the machine’s scores and are not combined with them.',
  'Their absence proves nothing: messengers, websites and editors remove metadata, thumbnails and content credentials from genuine and forged pictures alike. Metadata can be written by anyone.',
  'Content credentials: integrity says whether the signature and hashes fit the file as it is; trust says whether the signer’s certificate leads to an authority this laboratory has named. Neither says that what the picture shows is true.',
];

export function writeProvenance(sheet: Sheet, { provenance, evidence }: ReportDocument): void {
  if (provenance.length === 0) return;
  sheet.heading('Other lines of evidence');
  for (const sentence of PROVENANCE_LIMITS) sheet.paragraph(sentence);
  const files = new Map(evidence.map((one) => [one.id, one]));
  sheet.table(
    [0.22, 0.4, 0.38],
    provenance.map((one) => [
      files.get(one.evidenceId)?.relativePath ?? '',
      structureWords(one.provenance),
      one.provenance.kind === 'examined' ? credentialWords(one.provenance.contentCredentials) : 'not examined',
    ]),
    ['File', 'Structure and metadata', 'Content credentials'],
  );
  sheet.paragraph(
    'Roughness: of the histograms of JPEG coefficients; one compression left values of 0.1 to 0.7 in the photographs tried, a second, finer one after a coarser one values above 1. Texture, resizing and small pictures change it too. Thumbnail difference: mean difference between the picture and the small copy the camera stored.',
    STYLES.small,
  );
}

function structureWords(provenance: Provenance): string {
  if (provenance.kind === 'notExamined') return provenance.message;
  const { jpeg, named } = provenance;
  const lines = [
    ...(jpeg
      ? [
          `${jpeg.progressive ? 'Progressive' : 'Sequential'} JPEG, sampling ${jpeg.sampling || 'unknown'}`,
          jpeg.segments.join(' '),
          ...(jpeg.coefficientRoughness === null ? [] : [`Roughness ${jpeg.coefficientRoughness.toFixed(2)}`]),
          ...(jpeg.thumbnail
            ? [
                `Thumbnail ${jpeg.thumbnail.widthPx} x ${jpeg.thumbnail.heightPx}, difference ${jpeg.thumbnail.meanDifference.toFixed(3)}`,
              ]
            : []),
          ...jpeg.remarks,
        ]
      : []),
    ...named,
  ];
  return lines.join('\n') || 'nothing noted';
}

/** Credentials in words; integrity and trust in sentences of their own. */
export function credentialWords(found: ContentCredentials): string {
  if (found.kind === 'none') return 'none found';
  if (found.kind === 'unreadable') return `present, but cannot be read: ${found.message}`;
  const trust = {
    trusted: 'leads to a named authority',
    untrusted: 'leads to no named authority',
    notAsked: 'not judged: no authorities are named here',
  };
  return [
    `Integrity: ${found.integrity}${found.failures.map((one) => `; ${one.code}`).join('')}`,
    `Trust: the signer’s certificate ${trust[found.trust]}`,
    `Signer: ${[found.signer, found.issuer].filter(Boolean).join(', ') || 'unnamed'} (${found.algorithm}), ${found.signedAt ?? 'without time stamp'}`,
    `Made with: ${found.claimGenerator || 'not said'}`,
    ...(found.actions.length > 0 ? [`Claimed: ${found.actions.join(', ')}`] : []),
    ...(found.ingredients.length > 0 ? [`Ingredients: ${found.ingredients.join(', ')}`] : []),
  ].join('\n');
}
