/** The project's root folder, seen from the compiled file in `dist/test/helpers/`. */
export const projectRoot = new URL('../../../', import.meta.url)
