// A report that was written: where, how large, its hashes, and what its signature says when the
// file is read again.
import { BadgeCheck, FolderOpen, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ExportedReport } from '../../../contract/report.ts';
import type { FileSignature } from '../../../contract/signature.ts';
import { stampFlawWords } from '../../../contract/wording.ts';
import type { ReportFormat } from '../../data/report-export.ts';
import { Button } from '../../parts/button.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { bridge } from '../../transport.ts';
import { bytesText, countText, instantText } from '../../wording.ts';

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const issuedBy = ({ issuer, selfSigned }: FileSignature): string =>
  selfSigned ? 'self-signed: whoever reads the report must know this certificate' : `issued by ${issuer}`;

function stampWords({ timeStamp }: FileSignature): string {
  if (!timeStamp) return 'none: the time in the report is this computer’s clock';
  const words = `${instantText(timeStamp.at)}, ${timeStamp.authority}`;
  if (!timeStamp.verified) return `${words}. It does NOT fit this signature`;
  return `${words}; it is over this signature${timeStamp.certificateFlaw ? `, but ${stampFlawWords(timeStamp.certificateFlaw)}` : ''}`;
}

function Signature({ signature }: { signature: FileSignature }) {
  const { verified, signer, validTo } = signature;
  const Icon = verified ? BadgeCheck : TriangleAlert;
  return (
    <section
      className={`written-signature${verified ? '' : ' written-unverified'}`}
      aria-label="Signature found in the file"
    >
      <p>
        <Icon size={15} aria-hidden />
        {verified
          ? 'Signed. Read again, the signature fits every byte of the file.'
          : 'The file does not read as it was signed. Do not hand it out.'}
      </p>
      <dl className="facts">
        <Fact name="Signer">
          {signer}; {issuedBy(signature)}; valid until {instantText(validTo)}
        </Fact>
        <Fact name="Stamp">{stampWords(signature)}</Fact>
      </dl>
    </section>
  );
}

export function WrittenReport({ report, format }: { report: ExportedReport; format: ReportFormat }) {
  return (
    <li className="written">
      <div className="written-head">
        <span className="badge tone-accent">{format.toUpperCase()}</span>
        <span className="written-path mono" title={report.path}>
          {report.path.split(/[\\/]/).at(-1)}
        </span>
        {bridge.reveal ? (
          <Button small icon={FolderOpen} onClick={() => void bridge.reveal?.(report.path)}>
            Show in folder
          </Button>
        ) : null}
      </div>
      {report.signature ? <Signature signature={report.signature} /> : null}
      <dl className="facts">
        <Fact name="File">
          {bytesText(report.sizeBytes)}
          {report.pages === null ? '' : `, ${countText(report.pages, 'page', 'pages')}`}
        </Fact>
        <Fact name="Path">
          <Copyable text={report.path} name="the path" />
        </Fact>
        <Fact name="SHA-256">
          <Copyable text={report.sha256} name="the SHA-256" />
        </Fact>
        <Fact name="Content">
          <Copyable text={report.contentSha256} name="the SHA-256 of the content" />
        </Fact>
      </dl>
    </li>
  );
}
