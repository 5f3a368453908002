/**
 * Loaded before each test file. Disables two features of tap that these tests do not use and that take a fifth of the
 * time, because they run for every module and every promise.
 */
'use strict'

// Module hooks in a separate thread, with which tap records the modules of a test for coverage and for `--changed`.
require('node:module').register = () => {}

// Hooks that connect every promise with the subtest that created it. Without them an error that no one catches ends the
// process, or fails the test file that the worker is running (test/runner/worker.ts).
const noHook = { enable: () => noHook, disable: () => noHook }
require('node:async_hooks').createHook = () => noHook
require('node:module').syncBuiltinESMExports()
