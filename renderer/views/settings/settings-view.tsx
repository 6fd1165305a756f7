export function SettingsView(_: { verdictId?: unknown }) {
  return <p>settings</p>;
}
