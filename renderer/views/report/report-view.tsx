export function ReportView(_: { verdictId?: unknown }) {
  return <p>report</p>;
}
