/** Computes and prints the results of benchmarks: rates, percentiles, and each measured value beside its limit. */

/** Milliseconds of each item, and the seconds that all took together. */
export interface Measurement { readonly times: readonly number[], readonly seconds: number }

export function rate ({ times, seconds }: Measurement): number {
  return times.length / seconds
}

export function printMeasurement (what: string, measured: Measurement): void {
  const [p50, p95, p99] = [50, 95, 99].map(one => percentile(measured.times, one).toFixed(1).padStart(7))
  process.stdout.write(`${what.padEnd(40)} ${rate(measured).toFixed(1).padStart(7)}/s   p50 ${p50} ms   p95 ${p95} ms   p99 ${p99} ms\n`)
}

export function percentile (values: readonly number[], percent: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * percent / 100))]!
}

export function mean (values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Prints a measured value beside its limit. @returns whether the limit was held */
export function reportLimit (what: string, measured: string, limit: string, isHeld: boolean): boolean {
  process.stdout.write(`${what}: ${measured}, limit ${limit}: ${isHeld ? 'held' : 'NOT HELD'}\n`)
  return isHeld
}

/** Runs `one` for every item with this many workers in parallel. `worker` is the index of the worker. */
export async function runConcurrently<T> (items: readonly T[], workers: number, one: (item: T, worker: number) => Promise<void>): Promise<Measurement> {
  const queue = [...items]
  const began = performance.now()
  const times = await Promise.all(Array.from({ length: workers }, async (_, worker) => {
    const own: number[] = []
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
      const from = performance.now()
      await one(item, worker)
      own.push(performance.now() - from)
    }
    return own
  }))
  return { times: times.flat(), seconds: (performance.now() - began) / 1000 }
}
