/** The project's root folder, seen from the compiled file in `dist/src/`. */
export const projectRoot = new URL('../../', import.meta.url)
