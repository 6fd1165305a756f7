// The window's entry: typefaces, styles, the engine's client, and the frame that holds every
// screen.
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './theme/tokens.css';
import './theme/base.css';
import './parts/parts.css';
import './views/app-shell/frame.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { Tooltip } from 'radix-ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { watchReturns } from './data/connection.ts';
import { queryClient } from './data/engine.ts';
import { openList } from './data/grid-state.ts';
import { followMarks } from './data/marks.ts';
import { followCase } from './data/open-case.ts';
import { applyRememberedTheme, settingsNow } from './data/settings.ts';
import { listenForKeys } from './keys/key-actions.ts';
import { Frame } from './views/app-shell/frame.tsx';

applyRememberedTheme();
watchReturns(() => {
  void queryClient.invalidateQueries();
  void openList(true);
});
void followCase(new AbortController().signal);
void followMarks(new AbortController().signal);
listenForKeys(() => settingsNow().keys);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Tooltip.Provider delayDuration={450} skipDelayDuration={200}>
        <Frame />
      </Tooltip.Provider>
    </QueryClientProvider>
  </StrictMode>,
);
