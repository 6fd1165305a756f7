// What tests need beside Node, in one list: programs, with the packages that bring them, and
// properties of the system. A test, a describe or a whole file (`// @module-tag ffmpeg`) names its
// needs as vitest tags; vitest.config.ts skips what has a tag that is not met here,
// build/bring-programs.ts brings the packages, build/not-run-reporter.ts says what was not run,
// why, and what to type.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export type Need = {
  /** The vitest tag. */
  readonly tag: string;
  /** What is there when it is met, and what tests use it for. */
  readonly what: string;
  readonly isMet: () => boolean;
  /** What tests start of it: names or paths; build/guard-needs.ts holds them to it. */
  readonly programs?: readonly string[];
  /**
   * Packages of Debian and Ubuntu, and of Homebrew (`--cask` before an application). None where no
   * package helps.
   */
  readonly apt?: readonly string[];
  readonly brew?: readonly string[];
  /** What to do where there is no package for it. */
  readonly otherwise: string;
};

const runs = (program: string, ...args: string[]): boolean => {
  const { error, status } = spawnSync(program, args, { stdio: 'ignore' });
  return !error && status !== null;
};
const succeeds = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser of the journeys: RECCE_CHROMIUM, else the installed Chromium or Chrome. */
export const findChromium = (): string | undefined =>
  process.env.RECCE_CHROMIUM ?? BROWSERS.find((place) => existsSync(place));

/** The description of SwiftShader, the Vulkan driver in software that Chromium and Chrome bring. */
export const findSwiftShader = (): string | undefined =>
  ['/usr/lib/chromium', '/opt/google/chrome']
    .map((folder) => `${folder}/vk_swiftshader_icd.json`)
    .find((file) => existsSync(file));

/** Ubuntu's archive has no Chromium: its package of that name only asks for a snap. */
const HAS_CHROMIUM_PACKAGE =
  process.platform === 'linux' &&
  !(existsSync('/etc/os-release') && /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8')));

function hasVulkan(): boolean {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !findSwiftShader()) return false;
  return spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout?.includes('libvulkan.so.1') ?? false;
}

/** Debian's Python, the only one that finds Debian's PyTorch. */
export const PYTHON = '/usr/bin/python3';
const HAS_TORCH = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("torch") is None)';

const POPPLER = ['pdftotext', 'pdfinfo', 'pdfdetach', 'pdfsig'];

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-mount-'));
  const mounted = succeeds('mount', '-t', 'tmpfs', '-o', 'size=1m', 'recce-test', folder);
  if (mounted) spawnSync('umount', ['-l', folder]);
  rmdirSync(folder);
  return mounted;
}

/**
 * What goes before a command so that root, who may read everything, is refused what others are
 * refused; empty for other users.
 */
export const AS_REFUSED: readonly string[] =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--'] : [];

const canBeRefused = (): boolean =>
  process.platform !== 'win32' && (AS_REFUSED.length === 0 || succeeds('setpriv', ...AS_REFUSED.slice(1), 'true'));

export const NEEDS: readonly Need[] = [
  {
    tag: 'chromium',
    what: 'Chromium or Chrome, in which the journeys through the window are made',
    isMet: () => findChromium() !== undefined,
    ...(HAS_CHROMIUM_PACKAGE ? { apt: ['chromium'] } : {}),
    brew: ['--cask', 'google-chrome'],
    otherwise: 'install Chrome, or name a Chromium in RECCE_CHROMIUM',
  },
  {
    tag: 'ffmpeg',
    what: 'ffmpeg and ffprobe, which make films and say independently what is in them',
    programs: ['ffmpeg', 'ffprobe'],
    isMet: () => succeeds('ffmpeg', '-version') && succeeds('ffprobe', '-version'),
    apt: ['ffmpeg'],
    brew: ['ffmpeg'],
    otherwise: 'install FFmpeg and put it on the PATH',
  },
  {
    tag: 'poppler',
    what: 'pdftotext, pdfinfo, pdfdetach and pdfsig of Poppler, which read reports independently',
    programs: POPPLER,
    isMet: () => POPPLER.every((program) => runs(program, '-v')),
    apt: ['poppler-utils'],
    brew: ['poppler'],
    otherwise: 'install Poppler and put it on the PATH',
  },
  {
    tag: 'qpdf',
    what: 'qpdf, which checks the structure of reports',
    programs: ['qpdf'],
    isMet: () => succeeds('qpdf', '--version'),
    apt: ['qpdf'],
    brew: ['qpdf'],
    otherwise: 'install qpdf and put it on the PATH',
  },
  {
    tag: 'openssl',
    what: 'openssl, which makes keys and certificates and reads signatures independently',
    programs: ['openssl'],
    isMet: () => succeeds('openssl', 'version'),
    apt: ['openssl'],
    brew: ['openssl@3'],
    otherwise: 'install OpenSSL and put it on the PATH',
  },
  {
    tag: 'redis',
    what: 'redis-server, the queue of a farm',
    programs: ['redis-server'],
    isMet: () => succeeds('redis-server', '--version'),
    apt: ['redis-server'],
    brew: ['redis'],
    otherwise: 'install Redis and put it on the PATH',
  },
  {
    tag: 'vulkan',
    what: 'Vulkan in software on x64 Linux (Vulkan’s loader, and SwiftShader of Chromium or Chrome), on which WebGPU runs',
    isMet: hasVulkan,
    ...(process.platform === 'linux' && process.arch === 'x64'
      ? { apt: ['libvulkan1', ...(HAS_CHROMIUM_PACKAGE ? ['chromium'] : [])] }
      : {}),
    otherwise: 'run the tests on x64 Linux, with Chrome where there is no Chromium',
  },
  {
    tag: 'torch',
    what: 'PyTorch in /usr/bin/python3, which reads our checkpoints and trains on from them',
    programs: [PYTHON],
    isMet: () => succeeds(PYTHON, '-c', HAS_TORCH),
    apt: ['python3-torch'],
    otherwise: 'run the tests on Debian',
  },
  {
    tag: 'ps',
    what: 'ps, by which child processes are found',
    programs: ['ps'],
    isMet: () => runs('ps'),
    apt: ['procps'],
    otherwise: 'run the tests on Linux or macOS',
  },
  {
    tag: 'posix',
    what: 'a system with POSIX permissions, links and signals',
    isMet: () => process.platform !== 'win32',
    otherwise: 'run the tests on Linux or macOS',
  },
  {
    tag: 'linux',
    what: 'Linux',
    isMet: () => process.platform === 'linux',
    otherwise: 'run the tests on Linux',
  },
  {
    tag: 'small-disk',
    what: 'the right to mount a small disk of its own, which only root on Linux has',
    isMet: canMount,
    otherwise: 'run the tests as root on Linux',
  },
  {
    tag: 'refusal',
    what: 'a user whom the system refuses to let read a file (root through setpriv)',
    isMet: canBeRefused,
    otherwise: 'run the tests on Linux or macOS, not as root where there is no setpriv',
  },
];

export const unmetNeeds = (): readonly Need[] => NEEDS.filter((need) => !need.isMet());

/** What to type, or to do, so that `needs` are met here. */
export function howToMeet(needs: readonly Need[]): string[] {
  const manager = process.platform === 'linux' ? 'apt' : process.platform === 'darwin' ? 'brew' : undefined;
  const [packages, rest] = [new Set<string>(), new Set<string>()];
  for (const need of needs) {
    const named = manager && need[manager];
    for (const one of named ?? []) packages.add(one);
    if (!named) rest.add(need.otherwise);
  }
  const command = manager === 'apt' ? 'sudo apt-get install' : 'brew install';
  return [...(packages.size > 0 ? [`${command} ${[...packages].join(' ')}`] : []), ...rest];
}
