/** The environment is unusable; `faults` names every reason, one a line. */
export class ConfigError extends Error {
  readonly errors: readonly string[]
  constructor (faults: readonly string[]) {
    super(`The configuration cannot be used:\n${faults.map(fault => `  ${fault}`).join('\n')}`)
    this.name = 'ConfigError'
    this.errors = faults
  }
}
