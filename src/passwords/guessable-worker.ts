/** The thread of `checkGuessable`: examines one password after the other. */
import { parentPort } from 'node:worker_threads'
import { isGuessable } from './guessable.js'

parentPort!.on('message', (password: string) => { parentPort!.postMessage(isGuessable(password)) })
