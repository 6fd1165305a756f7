import { type ReactNode, useEffect, useRef } from 'react';
import { forgetDrafts, forgetForms } from '../../data/drafts.ts';
import { forgetList, selectedRow } from '../../data/grid-state.ts';
import { followJobs } from '../../data/jobs.ts';
import { notify } from '../../data/notices.ts';
import { useCase, useDemonstration } from '../../data/open-case.ts';
import { undoOpinion } from '../../data/opinions.ts';
import { show } from '../../data/overlays.ts';
import { go, type Route, routeNow, useRoute } from '../../data/route.ts';
import { applyTheme, useSettings } from '../../data/settings.ts';
import { useSitting } from '../../data/sitting.ts';
import { undoTagging } from '../../data/tags.ts';
import { followTraining } from '../../data/training.ts';
import { whyNoUndo } from '../../data/undo-place.ts';
import { canRun, useKeyActions } from '../../keys/key-actions.ts';
import { ChooserDialog } from '../../parts/chooser-dialog.tsx';
import { ActivityView } from '../activity/activity-view.tsx';
import { CasesView } from '../cases/cases-view.tsx';
import { FacesView } from '../faces/faces-view.tsx';
import { InspectView } from '../inspect/inspect-view.tsx';
import { ModelsView } from '../models/models-view.tsx';
import { ReportView } from '../report/report-view.tsx';
import { ScanView } from '../scan/scan-view.tsx';
import { SettingsView } from '../settings/settings-view.tsx';
import { TrainingView } from '../training/training-view.tsx';
import { VideoView } from '../video/video-view.tsx';
import { AskWho } from './ask-who.tsx';
import { Banners } from './banners.tsx';
import { ConnectionLost } from './connection-lost.tsx';
import { NoticeList } from './notice-list.tsx';
import { Overlays } from './overlays.tsx';
import { Rail } from './rail.tsx';
import { StatusLine } from './status-line.tsx';
import { TopBar } from './top-bar.tsx';

/** Screens that show what was found. */
const WITH_RESULTS: readonly Route['view'][] = ['faces', 'inspect', 'video', 'report', 'activity'];

function Screen({ route }: { route: Route }): ReactNode {
  const sitting = useSitting();
  if (WITH_RESULTS.includes(route.view) && sitting !== 'open') return sitting === 'ask' ? <AskWho /> : null;
  switch (route.view) {
    case 'cases':
      return <CasesView />;
    case 'faces':
      return <FacesView />;
    case 'inspect':
      return <InspectView verdictId={route.verdictId!} />;
    case 'video':
      return <VideoView evidenceId={route.evidenceId} frameIndex={route.frameIndex} track={route.track} />;
    case 'scan':
      return <ScanView />;
    case 'report':
      return <ReportView />;
    case 'models':
      return <ModelsView />;
    case 'training':
      return <TrainingView />;
    case 'activity':
      return <ActivityView />;
    case 'settings':
      return <SettingsView />;
  }
}

/** Another case: what belongs to the one before goes, and its jobs are followed. */
function useOpenCaseEffects(): void {
  const folder = useCase()?.folder;
  const before = useRef(folder);
  useEffect(() => {
    if (before.current !== folder) {
      forgetList();
      forgetDrafts();
      forgetForms();
    }
    before.current = folder;
  }, [folder]);
  useEffect(() => {
    if (!folder) return;
    const abort = new AbortController();
    followJobs(abort.signal).catch(() => {});
    return () => abort.abort();
  }, [folder]);
}

/** Training belongs to the installation: it is followed whatever case is open. */
function useTrainingEffects(): void {
  useEffect(() => {
    const abort = new AbortController();
    followTraining(abort.signal).catch(() => {});
    return () => abort.abort();
  }, []);
}

/**
 * After a change of screen the reader and the keyboard begin at its heading, not at the button that
 * is gone.
 */
function useFocusOnScreen(view: string) {
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    document.title = `${view[0]!.toUpperCase()}${view.slice(1)} – Recce Workstation`;
    if (!first.current && !main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [view]);
  return main;
}

export function Frame() {
  const route = useRoute();
  const settings = useSettings();
  const demonstration = useDemonstration();
  const main = useFocusOnScreen(route.view);
  useEffect(() => applyTheme(settings.theme), [settings.theme]);
  useOpenCaseEffects();
  useTrainingEffects();
  useKeyActions({
    'palette.open': () => show({ kind: 'palette' }),
    'help.open': () => show({ kind: 'keys' }),
    'view.cases': () => go('cases'),
    'view.grid': () => go('faces'),
    'view.video': () => go('video'),
    'view.scan': () => go('scan'),
    'view.report': () => go('report'),
    'view.models': () => go('models'),
    'view.training': () => go('training'),
    'view.activity': () => go('activity'),
    'view.settings': () => go('settings'),
    undo: () => {
      const shown = { takesOpinions: canRun('opinion.genuine'), row: selectedRow() !== undefined };
      const why = whyNoUndo(routeNow().view, shown);
      if (why === undefined) void undoOpinion();
      else notify(why);
    },
    'tag.undo': () => {
      if (canRun('tag.edit')) void undoTagging();
      else notify('Nothing was undone: undo a tagging where faces are shown.');
    },
  });
  return (
    <div className="frame">
      <TopBar />
      <Banners demonstration={demonstration} />
      <Rail view={route.view} />
      <main ref={main} className="screen" tabIndex={-1}>
        <Screen route={route} />
      </main>
      <StatusLine />
      <Overlays />
      <ChooserDialog />
      <NoticeList />
      <ConnectionLost />
    </div>
  );
}
