// What a laboratory's template puts on the first page, drawn as the report has it: logo at the
// left, address at the right; at the foot its own line, below the content's hash.
import type { ReportTemplate } from '../../../contract/report-template.ts';

/** Address of a logo kept as base64. Base64 of a JPEG begins with `/9j/`. */
export const logoUrl = (base64: string): string =>
  `data:image/${base64.startsWith('/9j/') ? 'jpeg' : 'png'};base64,${base64}`;

export function SheetBrand({ template }: { template: Pick<ReportTemplate, 'logo' | 'address' | 'organisation'> }) {
  const { logo, address, organisation } = template;
  if (!logo && !address.trim()) return null;
  return (
    <div className="sheet-brand">
      {logo ? <img src={logoUrl(logo)} alt={`Logo of ${organisation || 'the laboratory'}`} /> : <span />}
      <address>{address}</address>
    </div>
  );
}

export const SheetFoot = ({ template }: { template: Pick<ReportTemplate, 'footer'> | null }) => (
  <p className="sheet-foot">
    Content SHA-256 …
    {template?.footer ? (
      <>
        <br />
        {template.footer}
      </>
    ) : null}
  </p>
);
