/**
 * Loaded before each test file. It takes away two things that tap does for every module and every promise,
 * and that cost a fifth of the time: the test process does without them.
 */
'use strict'

// Module hooks in a thread of their own: tap watches which modules a test loads, for coverage and for `--changed`.
require('node:module').register = () => {}

// Hooks that follow every promise to the subtest that made it. Without them an error that no one catches ends the
// process, or fails the test file that the worker is running (test/runner/worker.ts).
const noHook = { enable: () => noHook, disable: () => noHook }
require('node:async_hooks').createHook = () => noHook
require('node:module').syncBuiltinESMExports()
