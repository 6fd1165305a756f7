#!/usr/bin/env node
// The `recce` command in a checkout: finds the right Node, builds the window where it is to be
// served, then runs cli/main.ts from the caller's folder.
import { runWithNode } from './with-node.mjs';

const given = process.argv.slice(2);
// The browser is shown the built window. What cannot be built is said; the page then says what to do.
if (given[0] === 'serve' && !given.includes('--help')) await runWithNode('build/build-renderer.ts', []);
process.exitCode = await runWithNode('cli/main.ts', given);
