// Settings of this installation: appearance, review, devices, keys; and whether everything it needs
// is in place.
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleSlash2, CircleX } from 'lucide-react';
import { useState } from 'react';
import type { Case } from '../../../contract/case.ts';
import { engine, errorWords } from '../../data/engine.ts';
import { notify } from '../../data/notices.ts';
import { caseChanged, useCase, useSession } from '../../data/open-case.ts';
import { show } from '../../data/overlays.ts';
import { changeSettings, useSettings } from '../../data/settings.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Segments, Slider, Switch } from '../../parts/field.tsx';
import { Failure } from '../../parts/message.tsx';
import { client } from '../../transport.ts';
import { DevicesSection } from './devices-section.tsx';
import { KeyBindingsTable } from './key-bindings-table.tsx';
import { SettingsRow } from './settings-row.tsx';
import './settings.css';

type ReasonRule = Case['reasonRule'];

async function changeReasonRule(reasonRule: ReasonRule): Promise<void> {
  try {
    await client.case.configure({ reasonRule });
    await caseChanged();
  } catch (error) {
    const { title, detail } = errorWords(error);
    notify(`The setting was not kept. ${title} ${detail}`, { tone: 'danger' });
  }
}

const FROM_NOW_ON: Readonly<Record<ReasonRule, string>> = {
  never:
    'From now on nobody is asked for a reason in this case, not even against a calibrated verdict. What was said blind is changed only with one all the same.',
  whenOverriding: 'From now on this case asks for a reason where an opinion contradicts a calibrated verdict.',
  always: 'From now on this case asks for a reason with every opinion.',
};

/** It is the case's and everybody's: it is asked before, and no arrow key alone changes it. */
function ReasonRuleRow({ rule }: { rule: ReasonRule }) {
  const [asked, setAsked] = useState<ReasonRule | null>(null);
  const { blind } = useSession();
  const close = (): void => setAsked(null);
  return (
    <SettingsRow
      title="Reason for an opinion"
      hint={`A setting of this case, entered in its log${blind ? '; only stricter in blind review' : ''}.`}
    >
      <Segments
        label="Reason for an opinion"
        value={rule}
        choices={[
          { value: 'never', label: 'Never asked' },
          { value: 'whenOverriding', label: 'Against a calibrated verdict' },
          { value: 'always', label: 'Always' },
        ]}
        onChange={setAsked}
      />
      {asked === null ? null : (
        <ConfirmDialog
          title="Change the rule of this case?"
          confirm="Change the rule"
          leave="Leave it as it is"
          onClose={close}
          onConfirm={() => void changeReasonRule(asked).then(close)}
        >
          <p>{FROM_NOW_ON[asked]}</p>
          <p className="secondary">It holds for every examiner of this case, and is entered in its log.</p>
        </ConfirmDialog>
      )}
    </SettingsRow>
  );
}

function TileSizeRow() {
  const { tilePx } = useSettings();
  const [px, setPx] = useState<number | null>(null);
  return (
    <SettingsRow title="Tile size" hint={`${px ?? tilePx} pixels at least`}>
      <div className="settings-slider">
        <Slider
          labels={['Tile size']}
          value={[px ?? tilePx]}
          min={72}
          max={320}
          step={4}
          onChange={([value]) => setPx(value!)}
          onCommit={([value]) => {
            setPx(null);
            void changeSettings({ tilePx: value! });
          }}
        />
      </div>
    </SettingsRow>
  );
}

function Checks() {
  const [asked, setAsked] = useState(false);
  const query = useQuery(engine.app.doctor.queryOptions({ enabled: asked, staleTime: 0 }));
  const info = useQuery(engine.app.info.queryOptions()).data;
  return (
    <section className="card settings-card" aria-label="This installation">
      <SettingsRow
        title={info ? `${info.name} ${info.version}` : 'This installation'}
        {...(info ? { hint: `${info.platform}, ${info.runtime}` } : {})}
      >
        <Button
          disabled={query.isFetching}
          onClick={() => {
            setAsked(true);
            if (asked) void query.refetch();
          }}
        >
          {query.isFetching ? 'Checking…' : 'Check that everything works'}
        </Button>
      </SettingsRow>
      <Failure error={query.error} />
      {query.data ? (
        <ul className="checks">
          {query.data.map((check) => (
            <li key={check.name}>
              {check.unused ? (
                <CircleSlash2 size={15} className="muted" aria-label="not used" />
              ) : check.ok ? (
                <CircleCheck size={15} className="mark-genuine" aria-label="in order" />
              ) : (
                <CircleX size={15} className="mark-forged" aria-label="not in order" />
              )}
              <strong>{check.name}</strong>
              <span className="secondary">
                {check.found}
                {check.advice ? ` ${check.advice}` : ''}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

export function SettingsView() {
  const settings = useSettings();
  const open = useCase();
  const { examiner } = useSession();
  return (
    <section className="page" aria-label="Settings">
      <div className="page-inner settings">
        <h1>Settings</h1>
        <section className="card settings-card" aria-label="Appearance and review">
          <SettingsRow title="Theme">
            <Segments
              label="Theme"
              value={settings.theme}
              choices={[
                { value: 'system', label: 'As the system' },
                { value: 'light', label: 'Light' },
                { value: 'dark', label: 'Dark' },
              ]}
              onChange={(theme) => void changeSettings({ theme })}
            />
          </SettingsRow>
          <TileSizeRow />
          <SettingsRow title="Advance automatically" hint="After an opinion, the next face is selected.">
            <Switch
              label="Go to the next face after an opinion"
              checked={settings.autoAdvance}
              onChange={(autoAdvance) => void changeSettings({ autoAdvance })}
            />
          </SettingsRow>
          {open ? (
            <SettingsRow title="Examiner" hint={examiner ? examiner.name : 'Nobody yet'}>
              {open.writable ? <Button onClick={() => show({ kind: 'examiner' })}>Change</Button> : null}
            </SettingsRow>
          ) : null}
          {open?.writable ? <ReasonRuleRow rule={open.reasonRule} /> : null}
        </section>
        <DevicesSection />
        <Checks />
        <KeyBindingsTable />
      </div>
    </section>
  );
}
