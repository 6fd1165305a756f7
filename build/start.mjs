// `npm start`: installs what is missing, then opens the workstation with build/start.ts.
// Plain JavaScript for any Node >= 20: nothing is installed yet when it begins.
import { runWithNode } from './with-node.mjs';

process.exitCode = await runWithNode('build/start.ts', process.argv.slice(2));
