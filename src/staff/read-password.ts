/** Reads a password from whoever runs a command: never from an argument, which others on the machine can see. */
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** What is read from: a terminal, or the end of a pipe. */
export type PasswordSource = Readable & { readonly isTTY?: boolean, setRawMode?: (raw: boolean) => unknown }

/**
 * The first line. On a terminal `prompt` is shown and nothing that is typed.
 * @param show writes to the terminal
 */
export async function readPassword (source: PasswordSource, prompt: string, show: (text: string) => void): Promise<string> {
  const onTerminal = source.isTTY === true
  if (onTerminal) show(prompt)
  // Without an output nothing is echoed; raw mode keeps the terminal itself from doing it.
  const lines = createInterface({ input: source, terminal: onTerminal })
  lines.on('SIGINT', () => lines.close())
  const line = await new Promise<string>(resolve => {
    lines.once('line', resolve)
    lines.once('close', () => resolve(''))
  })
  lines.close()
  if (onTerminal) show('\n')
  return line
}
