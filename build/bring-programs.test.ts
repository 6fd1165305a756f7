import { expect, test } from 'vitest';
import { installGroups } from './bring-programs.ts';

/** An archive that lacks one package, as a package manager answers: nothing at all is installed. */
function archiveWithout(missing: string) {
  const installed = new Set<string>();
  const install = (packages: readonly string[]): string | undefined => {
    if (packages.includes(missing)) return `Unable to locate package ${missing}`;
    for (const one of packages) installed.add(one);
    return undefined;
  };
  return { installed, install };
}

test('a package that the system lacks keeps no other from coming, and is named', () => {
  const { installed, install } = archiveWithout('python3-torch');
  const failures = installGroups([['ffmpeg'], ['python3-torch'], ['libvulkan1', 'chromium']], true, install);
  expect([...installed]).toEqual(['ffmpeg', 'libvulkan1', 'chromium']);
  expect(failures).toEqual(['Unable to locate package python3-torch']);
});

test('what can be brought at once is brought at once', () => {
  const commands: (readonly string[])[] = [];
  installGroups([['ffmpeg'], ['chromium'], ['libvulkan1', 'chromium']], true, (packages) => {
    commands.push(packages);
    return undefined;
  });
  expect(commands).toEqual([['ffmpeg', 'chromium', 'libvulkan1']]);
});
