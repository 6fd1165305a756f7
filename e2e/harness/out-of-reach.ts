// What a pointer cannot press, however the page is scrolled: buttons and fields that lie outside
// the window, or under something else.
import type { Page } from 'playwright-core';

/** A line for each control of the page that is out of reach; empty when there is none. */
export const outOfReach = (page: Page): Promise<string[]> => page.evaluate(findOutOfReach);

/** Runs in the page. */
function findOutOfReach(): string[] {
  const controls = document.querySelectorAll<HTMLElement>('button, a, select, textarea, input, [role="slider"]');
  const found: string[] = [];
  for (const control of controls) {
    if (control.closest('.unseen, [hidden]') || !control.checkVisibility({ visibilityProperty: true })) continue;
    control.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const { left, top, width, height } = control.getBoundingClientRect();
    if (width === 0 || height === 0) continue;
    const [x, y] = [left + width / 2, top + height / 2];
    const there = document.elementFromPoint(x, y);
    const label = control.closest('label');
    if (control.contains(there) || label?.contains(there)) continue;
    const name = control.getAttribute('aria-label') ?? control.textContent ?? '';
    found.push(
      `${name.trim() || control.outerHTML.slice(0, 80)} at ${Math.round(x)}, ${Math.round(y)}: ${there?.className ?? 'outside'}`,
    );
  }
  return found;
}
