// Which screen is shown, from the part of the address after `#`: #/faces, #/inspect/12.
import type { VerdictId } from '../../contract/brand.ts';
import { createStore, useStore } from './store.ts';

export const VIEWS = ['cases', 'faces', 'scan', 'report', 'models', 'activity', 'settings', 'inspect'] as const;
export type View = (typeof VIEWS)[number];
export type Route = { view: View; verdictId: VerdictId | null };

function routeFromHash(hash: string): Route {
  const [, view, id] = hash.split('/');
  const known = VIEWS.find((one) => one === view) ?? 'cases';
  const verdictId = known === 'inspect' && /^[1-9]\d*$/.test(id ?? '') ? (Number(id) as VerdictId) : null;
  return known === 'inspect' && verdictId === null ? { view: 'faces', verdictId } : { view: known, verdictId };
}

const route = createStore<Route>(routeFromHash(location.hash));
window.addEventListener('hashchange', () => route.set(routeFromHash(location.hash)));

export const useRoute = (): Route => useStore(route);

/** Goes to a screen. Moving within the inspector replaces the address, so that Back leaves it in one step. */
export function go(view: View, verdictId?: VerdictId): void {
  const hash = verdictId === undefined ? `#/${view}` : `#/${view}/${verdictId}`;
  if (hash === location.hash) return;
  if (view === 'inspect' && route.get().view === 'inspect') {
    history.replaceState(null, '', hash);
    route.set(routeFromHash(hash));
  } else location.hash = hash;
}
