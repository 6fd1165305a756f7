// `npm start`: installs what is missing, makes the demonstration case, scans it, prints its verdicts and writes its PDF.
// Plain JavaScript for any Node >= 20: nothing is installed yet when it begins.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWithNode } from './with-node.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
process.exitCode = runWithNode('cli/main.ts', ['demo', path.join(root, 'demo-case'), ...process.argv.slice(2)]);
