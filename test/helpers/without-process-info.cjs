/**
 * Loaded before each test file. tap watches every module that a test loads, for coverage and for `--changed`,
 * through module hooks in a thread of their own. We use neither, and it is a fifth of a file's time.
 */
'use strict'
require('node:module').register = () => {}
