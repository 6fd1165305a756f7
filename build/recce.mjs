#!/usr/bin/env node
// The `recce` command in a checkout: finds the right Node, then runs cli/main.ts from the caller's
// folder.
import { runWithNode } from './with-node.mjs';

process.exitCode = runWithNode('cli/main.ts', process.argv.slice(2));
