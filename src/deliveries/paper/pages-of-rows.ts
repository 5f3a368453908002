/** Which rows of a list stand on which page. Pure. */

export interface AvailableHeight {
  /** On the first page, under its heading. */
  readonly first: number
  /** On each page after it. */
  readonly later: number
}

/**
 * The rows of each page by their indices, in order. What closes the list stands under its last row, and never alone
 * on a page while there is a row to go with it.
 * @param heights of the rows; with `room` and `closing` in one unit
 */
export function paginateRows (heights: readonly number[], room: AvailableHeight, closing: number): number[][] {
  const pages: number[][] = [[]]
  let left = room.first
  heights.forEach((height, row) => {
    if (height > left && pages.at(-1)!.length > 0) {
      pages.push([])
      left = room.later
    }
    pages.at(-1)!.push(row)
    left -= height
  })
  const last = pages.at(-1)!
  return closing > left ? [...pages, last.length > 1 ? last.splice(-1) : []] : pages
}
